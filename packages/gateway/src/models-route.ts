import type { FastifyReply, FastifyRequest } from 'fastify';
import { headerNames } from '@ccproxy/wire';
import type { GatewayContext } from './gateway-context.js';
import { listModels, type ModelList } from './list-models.js';
import { offeredModels } from './offered-models.js';

/** Whether the query asks for what the providers offer: `?source=providers`. */
const asksProviders = (query: unknown): boolean =>
  typeof query === 'object' && query !== null && 'source' in query && query.source === 'providers';

/**
 * `GET /v1/models`: the targets of the configuration, at once and without asking anybody, because the client waits 3 s for it. With
 * `?source=providers` what the providers themselves offer.
 */
export function modelsHandler(current: () => GatewayContext): (request: FastifyRequest, reply: FastifyReply) => Promise<unknown> {
  const createdAt = new Date(current().clock.now()).toISOString();
  const lists = new WeakMap<GatewayContext, ModelList>();
  const listOf = (context: GatewayContext): ModelList => {
    const list = lists.get(context) ?? listModels(context.table, createdAt);
    lists.set(context, list);
    return list;
  };
  return async (request, reply) => {
    const context = current();
    reply.header('cache-control', 'no-store');
    if (!asksProviders(request.query)) return listOf(context);
    // The providers that are asked stay open until they have answered.
    const leave = context.live.add({ stop() {} });
    try {
      const { list, silent } = await offeredModels(context, request.principal, request.headers);
      if (silent.length > 0) reply.header(headerNames.ccproxyDropped, silent.map((name) => `provider ${name}`).join(', '));
      return list;
    } finally {
      leave();
    }
  };
}
