/** Longer times are not believed: a provider that says years means "not now". */
const longest = 24 * 3_600_000;

/**
 * How long a provider asks to wait, ms: `retry-after-ms`, else `retry-after` in seconds or as an HTTP date (`now`: wall clock, ms).
 * A date in the past is 0; what is no time is undefined; never more than a day.
 */
export function retryAfterMs(headers: Readonly<Record<string, string | readonly string[] | undefined>>, now: number): number | undefined {
  const ms = Number(headers['retry-after-ms'] ?? Number.NaN);
  if (headers['retry-after-ms'] !== '' && Number.isFinite(ms) && ms >= 0) return Math.min(longest, ms);
  const written = String(headers['retry-after'] ?? '').trim();
  if (/^\d+(?:\.\d+)?$/u.test(written)) return Math.min(longest, Number(written) * 1000);
  // Only what begins with the name of a day is a date: Date.parse takes nearly anything.
  if (!/^(?:Mon|Tue|Wed|Thu|Fri|Sat|Sun)/u.test(written)) return undefined;
  const at = Date.parse(written);
  return Number.isNaN(at) ? undefined : Math.min(longest, Math.max(0, at - now));
}

/** The value of a `retry-after` header: whole seconds, at least 1, because the client ignores anything else. */
export const retryAfterSeconds = (ms: number): number => Math.max(1, Math.ceil(ms / 1000));
