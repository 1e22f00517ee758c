import { Client } from '../client.ts';
import { badCount, totalUs, withCpu, type Workload } from './workload.ts';

const events = 10000;
const count = 4;
/** As many as come with one TLS record of a fast provider; writing each alone would measure the fake. */
const perWrite = 64;

export const translate: Workload = {
  name: 'translate',
  what: `${events} stream events, ${perWrite} at once, from Chat Completions to the Anthropic protocol; \`direct\` and the floor pass Anthropic events through`,
  mode: { stream: true, events, gapMs: 0, perWrite },
  async run(target, { smallStream: body }, warm) {
    await using client = new Client(target.baseUrl, 1, target.headers);
    await client.sequence(body, warm ? 3 : 1);
    const { result, cpuUs } = await withCpu(target, () => client.sequence(body, count));
    return { eventsPerS: (events / totalUs(result, 0.5)) * 1e6, cpuUsPerEvent: cpuUs / (events * count), bad: badCount(result, events) };
  },
};
