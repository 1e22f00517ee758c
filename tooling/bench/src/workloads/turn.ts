import { Client } from '../client.ts';
import { badCount, firstEventUs, withCpu, type Workload } from './workload.ts';

const events = 200;

/** A turn of a coding agent: 250 KB in, 200 events out, 1 ms apart. */
const turn = (name: string, width: number, count: number): Workload => ({
  name,
  what: `250 KB turns, ${events} stream events 1 ms apart, ${width} at a time`,
  mode: { stream: true, events, gapMs: 1 },
  async run(target, { turn: body }, warm) {
    await using client = new Client(target.baseUrl, width);
    await client.sequence(body, warm ? 3 : 1);
    const { result, cpuUs } = await withCpu(target, () => client.parallel(body, count, width));
    return { firstEventUs: firstEventUs(result, 0.5), cpuUs: cpuUs / count, bad: badCount(result, events) };
  },
});

export const turn1 = turn('turn1', 1, 6);
export const turn8 = turn('turn8', 8, 24);
