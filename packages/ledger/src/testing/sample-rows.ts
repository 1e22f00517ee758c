import type { LedgerClose, LedgerOpen } from '../ledger.js';

/** An attempt about to be sent. */
export function sampleOpen(id: string, changes: Partial<LedgerOpen> = {}): LedgerOpen {
  return {
    id,
    requestId: `req_${id}`,
    attempt: 1,
    startedAt: Date.UTC(2026, 0, 1),
    route: 'background',
    target: 'local',
    provider: 'ollama',
    model: 'claude-sonnet-4-5',
    upstreamModel: 'qwen3:8b',
    principal: 'local',
    sessionId: '8b7a9f5c-1111-2222-3333-444455556666',
    agentId: undefined,
    requestClass: 'auxiliary',
    stream: true,
    bytesIn: 51_234,
    estimatedTokens: 12_345,
    ...changes,
  };
}

/** Its ordinary end. */
export function sampleClose(changes: Partial<LedgerClose> = {}): LedgerClose {
  return {
    outcome: 'ok',
    httpStatus: 200,
    errorCode: undefined,
    stopReason: 'end_turn',
    usage: { inputTokens: 100, outputTokens: 50 },
    firstByteMs: 120.5,
    durationMs: 900.25,
    bytesOut: 5000,
    ...changes,
  };
}
