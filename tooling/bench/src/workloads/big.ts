import { Client } from '../client.ts';
import { badCount, totalUs, withCpu, type Workload } from './workload.ts';

const count = 5;

export const big: Workload = {
  name: 'big',
  what: '1.5 MB requests, not streamed, one after the other',
  mode: { stream: false },
  async run(target, { big: body }, warm) {
    await using client = new Client(target.baseUrl, 1);
    await client.sequence(body, warm ? 2 : 1);
    const { result, cpuUs } = await withCpu(target, () => client.sequence(body, count));
    return { p50Us: totalUs(result, 0.5), cpuUs: cpuUs / count, bad: badCount(result) };
  },
};
