/** The value below which the share `p` (0..1) of the sorted values lies; NaN of none. */
export function quantile(values: readonly number[], p: number): number {
  const sorted = values.filter((value) => !Number.isNaN(value)).toSorted((a, b) => a - b);
  return sorted[Math.min(sorted.length - 1, Math.floor(p * sorted.length))] ?? Number.NaN;
}

export const median = (values: readonly number[]): number => {
  const sorted = values.filter((value) => !Number.isNaN(value)).toSorted((a, b) => a - b);
  const middle = Math.floor(sorted.length / 2);
  const upper = sorted[middle] ?? Number.NaN;
  return sorted.length % 2 === 1 ? upper : ((sorted[middle - 1] ?? Number.NaN) + upper) / 2;
};

/** What a target's figure is, in units of another's, round by round. */
export interface Ratio {
  /** Median of the ratios of the rounds. */
  readonly median: number;
  readonly min: number;
  readonly max: number;
}

/** Compares the figures of one round with those of the same round, then takes the median: slow rounds hit both sides. */
export function ratioOf(figures: readonly number[], base: readonly number[]): Ratio {
  const ratios = figures.map((figure, round) => figure / (base[round] ?? Number.NaN)).filter((ratio) => Number.isFinite(ratio));
  return { median: median(ratios), min: Math.min(...ratios), max: Math.max(...ratios) };
}
