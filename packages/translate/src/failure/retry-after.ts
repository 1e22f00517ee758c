import { type HeaderFields, headerValue } from '@ccproxy/wire';
import { stringMember } from '@ccproxy/wire';
import type { ProviderError } from './provider-error.js';

/**
 * When to try again, in whole seconds from now, at least 1 (row 113): the client reads nothing else. From `retry-after`,
 * `retry-after-ms`, Google's RetryInfo, the x-ratelimit-reset of a limit that is used up, or a sentence of the message.
 */
export function retryAfter(headers: HeaderFields, error: ProviderError | undefined, now: number): number | undefined {
  const seconds =
    fromHeader(headers, now) ??
    retryInfo(error) ??
    fromLimits(headers, now) ??
    parseDelay(/try again in ([\d.hms ]+)/i.exec(error?.message ?? '')?.[1]);
  return seconds === undefined || !Number.isFinite(seconds) || seconds < 0 ? undefined : Math.max(1, Math.ceil(seconds));
}

function fromHeader(headers: HeaderFields, now: number): number | undefined {
  const after = headerValue(headers, 'retry-after')?.trim();
  if (after !== undefined && /^\d+(\.\d+)?$/.test(after)) return Number(after);
  const date = after === undefined ? Number.NaN : Date.parse(after);
  if (!Number.isNaN(date)) return Math.max(0, (date - now) / 1000);
  const ms = headerValue(headers, 'retry-after-ms');
  return ms !== undefined && /^\d+(\.\d+)?$/.test(ms) ? Number(ms) / 1000 : undefined;
}

function retryInfo(error: ProviderError | undefined): number | undefined {
  const delay = error?.details.map((detail) => stringMember(detail, 'retryDelay')).find((found) => found !== undefined);
  return parseDelay(delay);
}

function fromLimits(headers: HeaderFields, now: number): number | undefined {
  const waits = ['-requests', '-tokens', ''].flatMap((kind) => {
    if (headerValue(headers, `x-ratelimit-remaining${kind}`) !== '0') return [];
    return [resetDelay(headerValue(headers, `x-ratelimit-reset${kind}`), now) ?? []].flat();
  });
  return waits.length === 0 ? undefined : Math.max(...waits);
}

/** A reset as a duration (`6m0s`), as seconds, or as a moment in seconds or ms since the epoch. */
export function resetDelay(reset: string | undefined, now: number): number | undefined {
  if (reset === undefined) return undefined;
  if (!/^\d+(\.\d+)?$/.test(reset)) return parseDelay(reset);
  const value = Number(reset);
  if (value > 1e11) return Math.max(0, (value - now) / 1000);
  return value > 1e9 ? Math.max(0, value - now / 1000) : value;
}

const unitSeconds: Readonly<Record<string, number>> = { ms: 0.001, s: 1, m: 60, h: 3600, d: 86_400 };

/** `34.4s`, `1m26.4s`, `200ms` as seconds. */
function parseDelay(text: string | undefined): number | undefined {
  if (text === undefined) return undefined;
  const parts = [...text.matchAll(/(\d+(?:\.\d+)?)\s*(ms|s|m|h|d)/g)];
  if (parts.length === 0) return undefined;
  return parts.reduce((sum, [, amount = '0', unit = 's']) => sum + Number(amount) * (unitSeconds[unit] ?? 1), 0);
}
