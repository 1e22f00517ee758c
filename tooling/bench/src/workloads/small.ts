import { Client } from '../client.ts';
import { badCount, totalUs, withCpu, type Workload } from './workload.ts';

const count = 400;

export const small: Workload = {
  name: 'small',
  what: `${count} small requests, one after the other`,
  mode: { stream: false },
  async run(target, { small: body }, warm) {
    await using client = new Client(target.baseUrl, 1);
    await client.sequence(body, warm ? 300 : 50);
    const { result, cpuUs } = await withCpu(target, () => client.sequence(body, count));
    return { p50Us: totalUs(result, 0.5), p99Us: totalUs(result, 0.99), cpuUs: cpuUs / count, bad: badCount(result) };
  },
};
