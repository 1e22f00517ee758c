import type { UsageReport } from '@ccproxy/wire';

/** Tokens that count against limits: all but those read from the provider's cache; undefined when the provider did not say. */
export function limitedTokens(report: UsageReport | undefined): number | undefined {
  const { inputTokens, cacheCreationTokens = 0, outputTokens = 0 } = report?.usage ?? {};
  return inputTokens === undefined ? undefined : inputTokens + cacheCreationTokens + outputTokens;
}
