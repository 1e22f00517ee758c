import { figuresOf, type Results } from './results.ts';
import { median, type Ratio, ratioOf } from './statistics.ts';
import { control, floor, otherRouter, translating } from './targets/target-specs.ts';

/** One claim of the project: a figure of ccproxy in units of the bare floor's in the same round, and its limit. */
export interface Bar {
  readonly title: string;
  readonly workload: string;
  readonly figure: string;
  /** The time the target adds to the direct way is compared, instead of the figure itself. */
  readonly added?: boolean;
  /** `most`: at most the limit; `least`: at least. */
  readonly holds: 'most' | 'least';
  readonly limit: number;
  /** Another target than the one that is judged, and another than the floor to compare it with; skipped when either was not measured. */
  readonly of?: { readonly target: string; readonly against: string };
  /** The figure itself is held against the limit; there is no floor. */
  readonly absolute?: string;
}

const bars: readonly Bar[] = [
  {
    title: '250 KB turn, time to first event added, 1 at a time',
    workload: 'turn1',
    figure: 'firstEventUs',
    added: true,
    holds: 'most',
    limit: 0.9,
  },
  {
    title: '250 KB turn, time to first event added, 8 at a time',
    workload: 'turn8',
    figure: 'firstEventUs',
    added: true,
    holds: 'most',
    limit: 0.9,
  },
  { title: '1.5 MB request, time added', workload: 'big', figure: 'p50Us', added: true, holds: 'most', limit: 0.7 },
  { title: 'small request, CPU, 1 at a time', workload: 'small', figure: 'cpuUs', holds: 'most', limit: 1.2 },
  { title: 'requests per second, 32 connections', workload: 'rps', figure: 'rps', holds: 'least', limit: 0.75 },
  { title: 'burst of stream events, CPU per event', workload: 'burst', figure: 'cpuUsPerEvent', holds: 'most', limit: 1.25 },
  {
    title: 'translated stream events per second, beside claude-code-router 2.0.0',
    workload: 'translate',
    figure: 'eventsPerS',
    of: { target: translating, against: otherRouter },
    holds: 'least',
    limit: 4,
  },
  { title: 'memory at rest', workload: 'start', figure: 'idleRssMb', holds: 'most', limit: 100, absolute: 'MB' },
];

export interface Verdict {
  readonly bar: Bar;
  /** Of the target, in units of the floor (or in the bar's unit). */
  readonly value: Ratio;
  /** Of the same program again: values inside its range are no difference. */
  readonly control: Ratio | undefined;
  readonly holds: boolean;
}

/** Holds a target against the bars whose workload was measured for it. */
export function judge(results: Results, target: string): Verdict[] {
  return bars.flatMap((bar) => {
    const judged = bar.of?.target ?? target;
    const measured = (name: string): boolean => figuresOf(results, bar.workload, name, bar.figure).length > 0;
    if (!measured(judged) || (bar.of !== undefined && !measured(bar.of.against))) return [];
    const value = valueOf(results, bar, judged);
    const again = bar.absolute === undefined && bar.of === undefined ? valueOf(results, bar, control) : undefined;
    return [{ bar, value, control: again, holds: bar.holds === 'most' ? value.median <= bar.limit : value.median >= bar.limit }];
  });
}

function valueOf(results: Results, bar: Bar, target: string): Ratio {
  const figures = (name: string): number[] => figuresOf(results, bar.workload, name, bar.figure);
  if (bar.absolute !== undefined) {
    const values = figures(target);
    return { median: median(values), min: Math.min(...values), max: Math.max(...values) };
  }
  if (bar.added !== true) return ratioOf(figures(target), figures(bar.of?.against ?? floor));
  const direct = figures('direct');
  const added = (name: string): number[] => figures(name).map((value, round) => value - (direct[round] ?? Number.NaN));
  return ratioOf(added(target), added(floor));
}
