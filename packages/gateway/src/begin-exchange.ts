import type { ServerResponse } from 'node:http';
import { fingerprintOf } from '@ccproxy/resilience';
import type { ChosenPlan } from './choose-plan.js';
import { Exchange } from './exchange.js';
import type { GatewayContext } from './gateway-context.js';
import type { MessagesRequest } from './messages-request.js';
import { principalName } from './principal-name.js';
import { isSameRequest, maybeRepeated } from './same-request.js';

/** The reply of Fastify, as far as it is needed. */
interface Reply {
  readonly raw: ServerResponse;
  hijack(): unknown;
}

/** A line for a request that got the answer of another; it has no row in the ledger, because nothing was asked for it. */
function recordJoined(
  context: GatewayContext,
  request: MessagesRequest,
  plan: ChosenPlan,
  first: Exchange,
  response: ServerResponse,
): void {
  context.logger.info({ requestId: request.id, first: first.request.id }, 'a repeated request gets the answer of the first');
  response.once('close', () => {
    context.metrics.requests.inc({ target: context.table.targets.has(first.target) ? first.target : first.provider, outcome: 'joined' });
    context.accessLog.write({
      requestId: request.id,
      method: request.method,
      path: request.path,
      status: response.headersSent ? response.statusCode : 0,
      durationMs: context.clock.monotonic() - request.started,
      outcome: 'joined',
      route: plan.route,
      target: first.target,
      provider: first.provider,
      model: request.facts.model,
      stream: request.facts.stream,
      principal: principalName(request.principal),
      sessionId: request.facts.sessionId,
      bytesIn: request.body.length,
    });
  });
}

/**
 * Begins to answer an admitted request: with the answer of an identical one that is still on its way, when it is the repetition of that;
 * else with one of its own. Throws CCP_LIMIT_CALLER.
 */
export function beginExchange(context: GatewayContext, request: MessagesRequest, plan: ChosenPlan, reply: Reply): void {
  const { inFlight, callers } = context;
  const fingerprint = inFlight === undefined ? 0 : fingerprintOf(request.body);
  if (inFlight !== undefined && maybeRepeated(request)) {
    const first = inFlight.find(fingerprint, (exchange) => exchange.joinable && isSameRequest(exchange.request, request));
    if (first !== undefined) {
      reply.hijack();
      recordJoined(context, request, plan, first, reply.raw);
      first.join(request.id, reply.raw);
      return;
    }
  }
  const endAdmission = callers?.admit(principalName(request.principal), request.facts.tokens.estimate);
  reply.hijack();
  const exchange = new Exchange(context, request, plan, reply.raw, endAdmission);
  exchange.start(inFlight?.add(fingerprint, exchange));
}
