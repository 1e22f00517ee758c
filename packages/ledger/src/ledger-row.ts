import type { StoredAttempt } from '@ccproxy/store';
import type { LedgerOutcome, LedgerRow, LedgerUsage } from './ledger.js';

/** A stored attempt as callers see it: unknown values absent. */
export function ledgerRow(stored: StoredAttempt): LedgerRow {
  const { sessionId, agentId, requestClass, stream, outcome, httpStatus, errorCode, stopReason, firstByteMs, durationMs, bytesOut } =
    stored;
  const { id, requestId, attempt, startedAt, route, target, provider, model, upstreamModel, principal, bytesIn, estimatedTokens } = stored;
  const open = {
    ...{ id, requestId, attempt, startedAt, route, target, provider, model, upstreamModel, principal, bytesIn, estimatedTokens },
    ...{ sessionId: sessionId ?? undefined, agentId: agentId ?? undefined, requestClass: requestClass ?? undefined, stream: stream === 1 },
  };
  if (outcome === null) return open;
  return {
    ...open,
    outcome: outcome as LedgerOutcome,
    httpStatus: httpStatus ?? undefined,
    errorCode: errorCode ?? undefined,
    stopReason: stopReason ?? undefined,
    usage: usageOf(stored),
    firstByteMs: firstByteMs ?? undefined,
    ...(durationMs === null ? {} : { durationMs }),
    ...(bytesOut === null ? {} : { bytesOut }),
  };
}

function usageOf(stored: StoredAttempt): LedgerUsage {
  const { inputTokens, outputTokens, cacheReadTokens, cacheCreationTokens } = stored;
  return {
    ...(inputTokens === null ? {} : { inputTokens }),
    ...(outputTokens === null ? {} : { outputTokens }),
    ...(cacheReadTokens === null ? {} : { cacheReadTokens }),
    ...(cacheCreationTokens === null ? {} : { cacheCreationTokens }),
  };
}
