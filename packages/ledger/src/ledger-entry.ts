import type { CloseEntry, OpenEntry } from '@ccproxy/store';
import type { LedgerClose, LedgerOpen } from './ledger.js';

/** Longest text kept of a name that a client or an upstream chose. */
const maxText = 256;

/** Counts above this are nonsense of an upstream, and would spoil every sum. */
const maxCount = 1e12;

/** Longest beginning of a name in which secrets are looked for; the rest is cut anyway. */
const maxLooked = 4096;

/** Replaces secrets in text. */
export type Redact = (text: string) => string;

/**
 * The entry of an opened attempt: names a client chose free of secrets, texts cut to 256 characters, nonsense numbers replaced;
 * `now` (ms since the epoch) stands in for a bad start time.
 */
export function openEntry(row: LedgerOpen, now: number, redact: Redact): OpenEntry {
  return [
    text(row.id),
    text(row.requestId),
    count(row.attempt) ?? 1,
    count(row.startedAt, 8.64e15) ?? now,
    text(row.route),
    text(row.target),
    text(row.provider),
    chosen(row.model, redact),
    chosen(row.upstreamModel, redact),
    text(row.principal),
    chosenOrNull(row.sessionId, redact),
    chosenOrNull(row.agentId, redact),
    chosenOrNull(row.requestClass, redact),
    row.stream ? 1 : 0,
    count(row.bytesIn) ?? 0,
    count(row.estimatedTokens) ?? 0,
  ];
}

/** The entry of a closed attempt. Usage that is negative, NaN or absurd is unknown; `measuredMs` stands in for a bad duration. */
export function closeEntry(id: string, row: LedgerClose, measuredMs: number, redact: Redact): CloseEntry {
  return [
    text(id),
    row.outcome,
    count(row.httpStatus),
    textOrNull(row.errorCode),
    chosenOrNull(row.stopReason, redact),
    count(row.usage.inputTokens),
    count(row.usage.outputTokens),
    count(row.usage.cacheReadTokens),
    count(row.usage.cacheCreationTokens),
    duration(row.firstByteMs),
    duration(row.durationMs) ?? Math.max(0, measuredMs),
    count(row.bytesOut) ?? 0,
  ];
}

/** The id an attempt is known by: ids are cut like every text. */
export function entryId(id: string): string {
  return text(id);
}

function text(value: string): string {
  return value.length > maxText ? `${value.slice(0, maxText - 1)}…` : value;
}

function textOrNull(value: string | undefined): string | null {
  return value === undefined ? null : text(value);
}

/** A text from outside: whoever puts a key where a name belongs has it kept nowhere. */
function chosen(value: string, redact: Redact): string {
  return text(redact(value.slice(0, maxLooked)));
}

function chosenOrNull(value: string | undefined, redact: Redact): string | null {
  return value === undefined ? null : chosen(value, redact);
}

function count(value: number | undefined, max = maxCount): number | null {
  return value !== undefined && value >= 0 && value <= max ? Math.round(value) : null;
}

function duration(value: number | undefined): number | null {
  return value !== undefined && value >= 0 && value <= maxCount ? Math.round(value * 1000) / 1000 : null;
}
