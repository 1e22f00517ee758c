import type { Bodies } from '../bodies.ts';
import type { Sample } from '../client.ts';
import { processStats } from '../process-stats.ts';
import { quantile } from '../statistics.ts';
import type { Target } from '../targets/target.ts';
import type { UpstreamMode } from '../targets/upstream-process.ts';

/** Figures of one target in one round, by name. `bad` counts failed requests and incomplete streams. */
export type Figures = Readonly<Record<string, number>>;

/** One kind of load. */
export interface Workload {
  readonly name: string;
  readonly what: string;
  readonly mode: UpstreamMode;
  /** Puts the load on the target once; `warm` in the first round, when the target has not been used yet. */
  run(target: Target, bodies: Bodies, warm: boolean): Promise<Figures>;
}

/** Runs something and answers, beside its result, the CPU the target used meanwhile (NaN without a process). */
export async function withCpu<T>(target: Target, work: () => Promise<T>): Promise<{ readonly result: T; readonly cpuUs: number }> {
  const before = target.pid === undefined ? Number.NaN : processStats(target.pid).cpuUs;
  const result = await work();
  const after = target.pid === undefined ? Number.NaN : processStats(target.pid).cpuUs;
  return { result, cpuUs: after - before };
}

export const badCount = (samples: readonly Sample[], events = 0): number =>
  samples.filter((sample) => sample.error !== '' || sample.events !== events).length;

export const totalUs = (samples: readonly Sample[], p: number): number =>
  quantile(
    samples.map((sample) => sample.totalUs),
    p,
  );
export const firstEventUs = (samples: readonly Sample[], p: number): number =>
  quantile(
    samples.map((sample) => sample.firstEventUs),
    p,
  );
