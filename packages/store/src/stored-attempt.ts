import type { CloseEntry, OpenEntry, StoredAttempt } from './ledger-table.js';

/** The attempt an entry opens, as it is read back. */
export function openAttempt(entry: OpenEntry): StoredAttempt {
  const [id, requestId, attempt, startedAt, route, target, provider, model, upstreamModel, principal, sessionId, agentId, requestClass] =
    entry;
  return {
    ...{ id, requestId, attempt, startedAt, route, target, provider, model, upstreamModel, principal, sessionId, agentId, requestClass },
    ...{ stream: entry[13], bytesIn: entry[14], estimatedTokens: entry[15] },
    ...{ outcome: null, httpStatus: null, errorCode: null, stopReason: null, inputTokens: null, outputTokens: null },
    ...{ cacheReadTokens: null, cacheCreationTokens: null, firstByteMs: null, durationMs: null, bytesOut: null },
  };
}

/** The attempt after an entry closed it; the first close counts. */
export function closeAttempt(row: StoredAttempt, entry: CloseEntry): StoredAttempt {
  if (row.outcome !== null) return row;
  const [, outcome, httpStatus, errorCode, stopReason, inputTokens, outputTokens] = entry;
  return {
    ...row,
    ...{ outcome, httpStatus, errorCode, stopReason, inputTokens, outputTokens },
    ...{ cacheReadTokens: entry[7], cacheCreationTokens: entry[8], firstByteMs: entry[9], durationMs: entry[10], bytesOut: entry[11] },
  };
}
