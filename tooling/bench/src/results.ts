import type { Figures } from './workloads/workload.ts';

/** What was measured: workload, target, and one entry per round. Rounds of one workload stand beside each other. */
export interface Results {
  readonly node: string;
  readonly date: string;
  readonly machine: string;
  readonly rounds: number;
  readonly workloads: Readonly<Record<string, Readonly<Record<string, readonly Figures[]>>>>;
}

/** One figure of a target over the rounds; empty when it was not measured. */
export function figuresOf(results: Results, workload: string, target: string, figure: string): number[] {
  return (results.workloads[workload]?.[target] ?? []).map((round) => round[figure] ?? Number.NaN);
}

/** Failed requests and incomplete streams: figures beside a number above 0 are worth nothing. */
export function badTotals(results: Results): { workload: string; target: string; bad: number }[] {
  return Object.entries(results.workloads).flatMap(([workload, targets]) =>
    Object.entries(targets)
      .map(([target, rounds]) => ({ workload, target, bad: rounds.reduce((sum, round) => sum + (round['bad'] ?? 0), 0) }))
      .filter(({ bad }) => bad > 0),
  );
}
