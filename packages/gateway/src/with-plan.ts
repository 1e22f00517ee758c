import type { FastifyReply, FastifyRequest } from 'fastify';
import { readRawBody } from '@ccproxy/http';
import { CcproxyError } from '@ccproxy/kernel';
import { withoutSelectorTag } from '@ccproxy/router';
import { readSystemTexts } from '@ccproxy/wire';
import { checkProjectLimits } from './check-project-limits.js';
import { choosePlan, type ChosenPlan } from './choose-plan.js';
import type { GatewayContext } from './gateway-context.js';
import { maskSecrets } from './mask-secrets.js';
import { admitBody, messagesRequest, type MessagesRequest } from './messages-request.js';
import { principalName } from './principal-name.js';
import { upstreamPath } from './project-scope.js';
import { satisfyNeed } from './satisfy-need.js';

/** What is done with a request that is admitted and planned, under the configuration it came in under. */
type Go = (admitted: MessagesRequest, plan: ChosenPlan, context: GatewayContext) => void;

interface Admission {
  readonly admitted: MessagesRequest;
  readonly plan: ChosenPlan | Promise<ChosenPlan>;
}

/** Admits a request and plans it; throws the coded refusal the client gets. */
function admit(context: GatewayContext, request: FastifyRequest): Admission {
  const { clock, providers, givers } = context;
  const { project, principal } = request;
  const body = readRawBody(request);
  const masked = maskSecrets(body, context.needles());
  if (masked > 0) context.logger.warn({ requestId: request.ccproxyId, masked }, 'a local secret in a request body was masked');
  const table = context.tableOf(project);
  const admitted = messagesRequest(
    {
      id: request.ccproxyId,
      method: request.method,
      path: upstreamPath(request.raw.url ?? '/v1/messages', project),
      headers: request.headers,
      rawHeaders: request.raw.rawHeaders,
      principal,
      project,
      body,
      startedAt: clock.now(),
      started: clock.monotonic(),
    },
    { calibration: givers.calibration, conversations: givers.conversations, table },
  );
  checkProjectLimits(table.bounds, admitted.view, admitted.facts.tokens.estimate);
  const plan = choosePlan(admitted.facts, {
    table,
    providers,
    principal,
    satisfy: (need, facts) => satisfyNeed(need, { ...admitted, facts }, admitted.turn, givers),
  });
  return { admitted, plan };
}

/** The request as its plan wants it: with what was found out for it, and without a tag that has done its work. */
function asPlanned(admitted: MessagesRequest, plan: ChosenPlan): MessagesRequest {
  const { facts, removeTag } = plan;
  if (removeTag !== true) return facts === admitted.facts ? admitted : { ...admitted, facts };
  const body = withoutSelectorTag(admitted.body, readSystemTexts(admitted.body, admitted.view.system));
  return { ...admitted, facts, body, view: admitBody(body) };
}

/** A refusal never reaches an exchange: its line in the access log is written here. */
function recordRefusal(context: GatewayContext, request: FastifyRequest, error: unknown): void {
  const refused = CcproxyError.isInstance(error);
  context.metrics.requests.inc({ target: '', outcome: 'refused' });
  context.accessLog.write({
    requestId: request.ccproxyId,
    method: request.method,
    path: request.raw.url ?? '',
    status: refused ? error.httpStatus : 500,
    durationMs: 0,
    outcome: 'refused',
    principal: principalName(request.principal),
    bytesIn: readRawBody(request).length,
    errorCode: refused ? error.code : 'CCP_INTERNAL',
  });
}

/**
 * Admits and plans a request and goes on with it: at once when nothing has to be waited for, which is nearly always, else when a module or
 * the tokenizer has answered. A refusal is recorded and thrown.
 */
export function withPlan(context: GatewayContext, request: FastifyRequest, reply: FastifyReply, go: Go): void | Promise<void> {
  try {
    const { admitted, plan } = admit(context, request);
    if (plan instanceof Promise) return goLater(context, request, reply, admitted, plan, go);
    go(asPlanned(admitted, plan), plan, context);
  } catch (error) {
    recordRefusal(context, request, error);
    throw error;
  }
  return undefined;
}

async function goLater(
  context: GatewayContext,
  request: FastifyRequest,
  reply: FastifyReply,
  admitted: MessagesRequest,
  planned: Promise<ChosenPlan>,
  go: Go,
): Promise<void> {
  // A daemon that drains waits for it; what it waits for has limits of its own.
  const leave = context.live.add({ stop() {} });
  try {
    const plan = await planned;
    if (reply.raw.destroyed) {
      // The client left meanwhile: nobody is asked.
      reply.hijack();
      return;
    }
    go(asPlanned(admitted, plan), plan, context);
  } catch (error) {
    recordRefusal(context, request, error);
    throw error;
  } finally {
    leave();
  }
}
