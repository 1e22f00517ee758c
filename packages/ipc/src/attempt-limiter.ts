import type { Clock } from '@ccproxy/kernel';

/** Counts failures of the last second; `blocked` while there were `most` of them. */
export interface AttemptLimiter {
  blocked(): boolean;
  failed(): void;
}

const WINDOW_MS = 1000;

export function createAttemptLimiter(clock: Clock, most: number): AttemptLimiter {
  let failures: number[] = [];
  return {
    blocked: () => {
      const since = clock.monotonic() - WINDOW_MS;
      failures = failures.filter((at) => at > since);
      return failures.length >= most;
    },
    failed: () => {
      failures = [...failures, clock.monotonic()].slice(-most);
    },
  };
}
