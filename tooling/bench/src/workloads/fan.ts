import { setTimeout as sleep } from 'node:timers/promises';
import { Client, type Sample } from '../client.ts';
import { processStats } from '../process-stats.ts';
import { quantile } from '../statistics.ts';
import { badCount, withCpu, type Workload } from './workload.ts';

const width = 200;
const events = 100;

export const fan: Workload = {
  name: 'fan',
  what: `${width} streams at once, ${events} events 20 ms apart`,
  mode: { stream: true, events, gapMs: 20 },
  async run(target, { smallStream: body }) {
    await using client = new Client(target.baseUrl, width);
    const streams = (): Promise<Sample[]> =>
      Promise.all(
        Array.from({ length: width }, async (_, index) => {
          await sleep(index * 2);
          return client.send(body);
        }),
      );
    let peakRssMb = Number.NaN;
    const { pid } = target;
    const timer = setInterval(() => {
      if (pid !== undefined) peakRssMb = Math.max(processStats(pid).rssMb, Number.isNaN(peakRssMb) ? 0 : peakRssMb);
    }, 250);
    const { result, cpuUs } = await withCpu(target, streams);
    clearInterval(timer);
    const lags = result.flatMap((sample) => sample.lagsUs);
    return {
      lag50Us: quantile(lags, 0.5),
      lag99Us: quantile(lags, 0.99),
      cpuUsPerEvent: cpuUs / (width * events),
      peakRssMb,
      bad: badCount(result, events),
    };
  },
};
