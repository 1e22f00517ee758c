import { type HeaderFields, headerValue } from '@ccproxy/wire';
import { resetDelay } from './retry-after.js';

/** Kinds of limit, by the names both sides give them. */
const kinds = ['requests', 'tokens'] as const;

/**
 * `anthropic-ratelimit-*` headers from the `x-ratelimit-*` of OpenAI and those that copy it (row 113): limit, remaining and
 * the moment of the reset. Only what the provider said; an empty object when it said nothing. `now`: ms since the epoch.
 */
export function rateLimitHeaders(headers: HeaderFields, now: number): Readonly<Record<string, string>> {
  return Object.fromEntries(
    kinds.flatMap((kind) => {
      const limit = wholeNumber(headerValue(headers, `x-ratelimit-limit-${kind}`));
      const remaining = wholeNumber(headerValue(headers, `x-ratelimit-remaining-${kind}`));
      if (limit === undefined || remaining === undefined) return [];
      const delay = resetDelay(headerValue(headers, `x-ratelimit-reset-${kind}`), now);
      const reset = delay === undefined || delay > longestReset ? [] : [[`anthropic-ratelimit-${kind}-reset`, moment(now + delay * 1000)]];
      return [[`anthropic-ratelimit-${kind}-limit`, limit], [`anthropic-ratelimit-${kind}-remaining`, remaining], ...reset];
    }),
  );
}

/** Seconds. A reset later than a month from now is a misreading. */
const longestReset = 31 * 86_400;

const wholeNumber = (value: string | undefined): string | undefined =>
  value !== undefined && /^\d{1,15}$/.test(value) ? value : undefined;

/** RFC 3339 without fractions, as Anthropic writes it. */
const moment = (ms: number): string => new Date(ms).toISOString().replace(/\.\d+Z$/, 'Z');
