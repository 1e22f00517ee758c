/**
 * Delay before the next try, ms: full jitter, uniform between 0 and `baseMs * 2^attempt` capped at `capMs`.
 * `attempt` counts from 0; `random` returns [0, 1).
 */
export function backoffDelay(options: {
  readonly attempt: number;
  readonly baseMs: number;
  readonly capMs: number;
  readonly random: () => number;
}): number {
  const { attempt, baseMs, capMs, random } = options;
  return random() * Math.min(capMs, baseMs * 2 ** Math.max(0, attempt));
}
