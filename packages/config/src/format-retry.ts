import { formatMs } from './format-ms.js';
import type { RetryConfig } from './retry-config.js';

/** The section `retry` as it is written in the configuration. */
export function formatRetry({ attempts, baseDelay, maxDelay, budget, coolDown, breaker, join }: RetryConfig): object {
  return {
    attempts,
    baseDelay: formatMs(baseDelay),
    maxDelay: formatMs(maxDelay),
    budget,
    coolDown: formatMs(coolDown),
    breaker: { failures: breaker.failures, open: formatMs(breaker.open) },
    join,
  };
}
