import { decisionRecord } from './decision-record.js';
import type { Exchange } from './exchange.js';
import { learnConversation } from './learn-conversation.js';
import { observationOf } from './observation-of.js';
import { principalName } from './principal-name.js';

/** Writes what is known of a finished request: access line, decision, metrics, and what the calibration learns from it. */
export function recordRequest(exchange: Exchange): void {
  const { context, request, plan, client, outcome, report, provider } = exchange;
  const { facts } = request;
  const durationMs = context.clock.monotonic() - request.started;
  const usage = report?.usage;
  // A selector makes targets of its own, with a model the client chose: too many names for a label.
  const target = context.table.targets.has(exchange.target) ? exchange.target : provider;
  context.accessLog.write({
    requestId: request.id,
    method: request.method,
    path: request.path,
    status: client.status,
    durationMs,
    outcome,
    route: plan.route,
    target: exchange.target,
    provider,
    model: facts.model,
    attempts: exchange.attempts,
    stream: facts.stream,
    principal: principalName(request.principal),
    sessionId: facts.sessionId,
    firstByteMs: exchange.firstByteMs,
    bytesIn: request.body.length,
    bytesOut: client.bytes,
    tokensIn: usage?.inputTokens,
    tokensOut: usage?.outputTokens,
    errorCode: exchange.errorCode,
  });
  context.observers.tell(() => observationOf(exchange, durationMs), request.body);
  learnConversation(exchange);
  context.decisions.record(() => decisionRecord(request, plan, context.tableOf(request.project), exchange));
  const { metrics } = context;
  metrics.requests.inc({ target, outcome });
  metrics.duration.observe(durationMs / 1000, { target });
  if (usage === undefined) return;
  if (usage.inputTokens !== undefined) metrics.tokens.inc({ target, kind: 'input' }, usage.inputTokens);
  if (usage.outputTokens !== undefined) metrics.tokens.inc({ target, kind: 'output' }, usage.outputTokens);
  if (usage.cacheReadTokens !== undefined) metrics.tokens.inc({ target, kind: 'cache_read' }, usage.cacheReadTokens);
  if (usage.cacheCreationTokens !== undefined) metrics.tokens.inc({ target, kind: 'cache_creation' }, usage.cacheCreationTokens);
  if (outcome === 'ok') context.calibration.observe(exchange.upstreamModel, request.estimate, usage);
}
