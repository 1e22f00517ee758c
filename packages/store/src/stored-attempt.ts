import type { CloseEntry, OpenEntry, StoredAttempt } from './ledger-table.js';

/** The attempt an entry opens, as it is read back. */
export function openAttempt(entry: OpenEntry): StoredAttempt {
  return {
    id: entry[0],
    requestId: entry[1],
    attempt: entry[2],
    startedAt: entry[3],
    route: entry[4],
    target: entry[5],
    provider: entry[6],
    model: entry[7],
    upstreamModel: entry[8],
    principal: entry[9],
    sessionId: entry[10],
    agentId: entry[11],
    requestClass: entry[12],
    stream: entry[13],
    bytesIn: entry[14],
    estimatedTokens: entry[15],
    outcome: null,
    httpStatus: null,
    errorCode: null,
    stopReason: null,
    inputTokens: null,
    outputTokens: null,
    cacheReadTokens: null,
    cacheCreationTokens: null,
    firstByteMs: null,
    durationMs: null,
    bytesOut: null,
  };
}

/** The attempt after an entry closed it; the first close counts. */
export function closeAttempt(row: StoredAttempt, entry: CloseEntry): StoredAttempt {
  if (row.outcome !== null) return row;
  return {
    ...row,
    outcome: entry[1],
    httpStatus: entry[2],
    errorCode: entry[3],
    stopReason: entry[4],
    inputTokens: entry[5],
    outputTokens: entry[6],
    cacheReadTokens: entry[7],
    cacheCreationTokens: entry[8],
    firstByteMs: entry[9],
    durationMs: entry[10],
    bytesOut: entry[11],
  };
}
