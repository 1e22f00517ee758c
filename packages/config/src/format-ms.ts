const msUnits = [
  ['h', 3_600_000],
  ['m', 60_000],
  ['s', 1000],
] as const;

/** A time as it is written in the configuration, in the largest unit it is a whole number of. */
export function formatMs(ms: number): string {
  const unit = msUnits.find(([, size]) => ms % size === 0);
  return unit === undefined ? `${ms}ms` : `${ms / unit[1]}${unit[0]}`;
}
