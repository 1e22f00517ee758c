import type { RetryConfig } from '@ccproxy/config';

/** The defaults, with what a test names. */
export const retryConfig = (rest: Partial<RetryConfig> = {}): RetryConfig => ({
  baseDelay: 250,
  maxDelay: 10_000,
  budget: 20,
  coolDown: 60_000,
  breaker: { failures: 5, open: 10_000 },
  join: true,
  ...rest,
});
