import type { Exchange } from './exchange.js';
import { moduleRequest } from './module-request.js';
import type { Observation } from './routing-module-protocol.js';

/** What observers are told of a request that is over: its features and what became of it, and nothing of what was said. */
export function observationOf(exchange: Exchange, durationMs: number): Observation {
  const { request, plan, client, report } = exchange;
  return {
    requestId: request.id,
    at: request.startedAt,
    request: moduleRequest(request),
    route: plan.route,
    target: exchange.target,
    provider: exchange.provider,
    upstreamModel: exchange.upstreamModel,
    attempts: exchange.attempts,
    outcome: exchange.outcome,
    status: client.status,
    errorCode: exchange.errorCode,
    dropped: exchange.dropped,
    durationMs,
    firstByteMs: exchange.firstByteMs,
    bytesIn: request.body.length,
    bytesOut: client.bytes,
    usage: report === undefined ? undefined : { ...report.usage },
  };
}
