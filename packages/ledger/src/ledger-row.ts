import type { StoredAttempt } from '@ccproxy/store';
import type { LedgerOpen, LedgerOutcome, LedgerRow, LedgerUsage } from './ledger.js';

/** A stored attempt as callers see it: unknown values absent. */
export function ledgerRow(stored: StoredAttempt): LedgerRow {
  const { outcome, durationMs, bytesOut } = stored;
  const open = openPart(stored);
  if (outcome === null) return open;
  return {
    ...open,
    outcome: outcome as LedgerOutcome,
    httpStatus: stored.httpStatus ?? undefined,
    errorCode: stored.errorCode ?? undefined,
    stopReason: stored.stopReason ?? undefined,
    usage: usageOf(stored),
    firstByteMs: stored.firstByteMs ?? undefined,
    ...(durationMs === null ? {} : { durationMs }),
    ...(bytesOut === null ? {} : { bytesOut }),
  };
}

function openPart(stored: StoredAttempt): LedgerOpen {
  return {
    id: stored.id,
    requestId: stored.requestId,
    attempt: stored.attempt,
    startedAt: stored.startedAt,
    route: stored.route,
    target: stored.target,
    provider: stored.provider,
    model: stored.model,
    upstreamModel: stored.upstreamModel,
    principal: stored.principal,
    sessionId: stored.sessionId ?? undefined,
    agentId: stored.agentId ?? undefined,
    requestClass: stored.requestClass ?? undefined,
    stream: stored.stream === 1,
    bytesIn: stored.bytesIn,
    estimatedTokens: stored.estimatedTokens,
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
