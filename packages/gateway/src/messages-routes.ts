import type { FastifyReply, FastifyRequest } from 'fastify';
import { readRawBody } from '@ccproxy/http';
import { CcproxyError } from '@ccproxy/kernel';
import { spliceModel } from '@ccproxy/wire';
import { checkProjectLimits } from './check-project-limits.js';
import { choosePlan, type ChosenPlan } from './choose-plan.js';
import { errors } from './errors.js';
import { Exchange } from './exchange.js';
import type { GatewayContext } from './gateway-context.js';
import { maskSecrets } from './mask-secrets.js';
import { messagesRequest, type MessagesRequest } from './messages-request.js';
import { PlainExchange } from './plain-exchange.js';
import { principalName } from './principal-name.js';
import { requestNotes } from './request-notes.js';
import { upstreamPath } from './project-scope.js';
import { plainProvider } from './upstreams.js';

/** Admits a request and plans it; throws the coded refusal the client gets. */
function admit(context: GatewayContext, request: FastifyRequest): { admitted: MessagesRequest; plan: ChosenPlan } {
  const { clock, calibration, providers } = context;
  const { project } = request;
  const body = readRawBody(request);
  const masked = maskSecrets(body, context.needles());
  if (masked > 0) context.logger.warn({ requestId: request.ccproxyId, masked }, 'a local secret in a request body was masked');
  const admitted = messagesRequest(
    {
      id: request.ccproxyId,
      method: request.method,
      path: upstreamPath(request.raw.url ?? '/v1/messages', project),
      headers: request.headers,
      rawHeaders: request.raw.rawHeaders,
      principal: request.principal,
      project,
      body,
      startedAt: clock.now(),
      started: clock.monotonic(),
    },
    calibration,
  );
  checkProjectLimits(project, admitted.view, admitted.facts.tokens.estimate);
  return { admitted, plan: choosePlan(admitted.facts, context.tableOf(project), providers, request.principal) };
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

/** `POST /v1/messages`. */
export const messagesHandler =
  (context: GatewayContext) =>
  (request: FastifyRequest, reply: FastifyReply): void => {
    try {
      const { admitted, plan } = admit(context, request);
      const endAdmission = context.callers?.admit(principalName(request.principal), admitted.facts.tokens.estimate);
      reply.hijack();
      new Exchange(context, admitted, plan, reply.raw, endAdmission).start();
    } catch (error) {
      recordRefusal(context, request, error);
      throw error;
    }
  };

/** `POST /v1/messages/count_tokens`: asked of the provider the message would go to. Not a message, so no row in the ledger. */
export const countTokensHandler =
  (context: GatewayContext) =>
  (request: FastifyRequest, reply: FastifyReply): void => {
    try {
      const { admitted, plan } = admit(context, request);
      const [first] = plan.attempts;
      const provider = first === undefined ? undefined : plainProvider(context.upstreams, first.provider, admitted.facts.sessionId);
      if (first === undefined || provider === undefined) throw errors.CCP_GATEWAY_NO_ROUTE({ message: 'The plan has no provider.' });
      const { body, view, id, method, path, headers, rawHeaders, started } = admitted;
      const { model } = first;
      const own = model === undefined || model === view.model;
      const call = {
        method,
        path,
        clientHeaders: headers,
        rawClientHeaders: rawHeaders,
        body: own ? body : spliceModel(body, view, model).body,
        stream: false,
        notes: requestNotes(context, admitted, first),
      };
      reply.hijack();
      const { target } = first;
      const principal = principalName(request.principal);
      new PlainExchange(context, { id, route: plan.route, target, principal, provider, call, started }, reply.raw).start();
    } catch (error) {
      recordRefusal(context, request, error);
      throw error;
    }
  };
