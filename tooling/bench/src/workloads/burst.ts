import { Client } from '../client.ts';
import { badCount, totalUs, withCpu, type Workload } from './workload.ts';

const events = 5000;
const count = 4;

export const burst: Workload = {
  name: 'burst',
  what: `${events} stream events back to back`,
  mode: { stream: true, events, gapMs: 0 },
  async run(target, { smallStream: body }, warm) {
    await using client = new Client(target.baseUrl, 1);
    await client.sequence(body, warm ? 2 : 1);
    const { result, cpuUs } = await withCpu(target, () => client.sequence(body, count));
    return { eventsPerS: (events / totalUs(result, 0.5)) * 1e6, cpuUsPerEvent: cpuUs / (events * count), bad: badCount(result, events) };
  },
};
