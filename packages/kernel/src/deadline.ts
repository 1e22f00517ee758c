import type { Clock } from './clock.js';
import { errors } from './errors.js';

/** A point in time by which work has to be done. */
export interface Deadline {
  /** Aborted with `CCP_DEADLINE` when the time is over. */
  readonly signal: AbortSignal;
  /** ms left, never negative. */
  remaining(): number;
  expired(): boolean;
  /** Stops the timer; the signal is not aborted any more. */
  clear(): void;
}

/** Starts a deadline `ms` from now on the monotonic clock; `name` is what the error says ran out of time. The timer keeps no process alive. */
export function createDeadline(options: { readonly clock: Clock; readonly ms: number; readonly name?: string }): Deadline {
  const { clock, ms, name = 'the work' } = options;
  const end = clock.monotonic() + ms;
  const controller = new AbortController();
  const timer = clock.setTimeout(
    () => controller.abort(errors.CCP_DEADLINE({ message: `${name} was not done within ${ms} ms`, details: { ms } })),
    ms,
    { unref: true },
  );
  return {
    signal: controller.signal,
    remaining: () => Math.max(0, end - clock.monotonic()),
    expired: () => clock.monotonic() >= end,
    clear: () => timer.clear(),
  };
}
