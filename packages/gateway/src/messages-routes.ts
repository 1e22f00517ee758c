import type { FastifyReply, FastifyRequest } from 'fastify';
import { spliceModel } from '@ccproxy/wire';
import { beginExchange } from './begin-exchange.js';
import { errors } from './errors.js';
import type { GatewayContext } from './gateway-context.js';
import { PlainExchange } from './plain-exchange.js';
import { principalName } from './principal-name.js';
import { requestNotes } from './request-notes.js';
import { plainProvider } from './upstreams.js';
import { withPlan } from './with-plan.js';

/** `POST /v1/messages`. */
export const messagesHandler =
  (context: () => GatewayContext) =>
  (request: FastifyRequest, reply: FastifyReply): void | Promise<void> =>
    withPlan(context(), request, reply, (admitted, plan, within) => beginExchange(within, admitted, plan, reply));

/** `POST /v1/messages/count_tokens`: asked of the provider the message would go to. Not a message, so no row in the ledger. */
export const countTokensHandler =
  (context: () => GatewayContext) =>
  (request: FastifyRequest, reply: FastifyReply): void | Promise<void> =>
    withPlan(context(), request, reply, (admitted, plan, within) => {
      const [first] = plan.attempts;
      const provider = first === undefined ? undefined : plainProvider(within.upstreams, first.provider, admitted.facts.sessionId);
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
        notes: requestNotes(within, admitted, first),
      };
      reply.hijack();
      const { target } = first;
      const principal = principalName(request.principal);
      new PlainExchange(within, { id, route: plan.route, target, principal, provider, call, started }, reply.raw).start();
    });
