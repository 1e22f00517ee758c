import type { FastifyReply, FastifyRequest } from 'fastify';
import { headerNames } from '@ccproxy/wire';
import type { GatewayContext } from './gateway-context.js';
import { listModels } from './list-models.js';
import { offeredModels } from './offered-models.js';

/** Whether the query asks for what the providers offer: `?source=providers`. */
const asksProviders = (query: unknown): boolean =>
  typeof query === 'object' && query !== null && 'source' in query && query.source === 'providers';

/**
 * `GET /v1/models`: the targets of the configuration, at once and without asking anybody, because the client waits 3 s for it. With
 * `?source=providers` what the providers themselves offer.
 */
export function modelsHandler(context: GatewayContext): (request: FastifyRequest, reply: FastifyReply) => Promise<unknown> {
  const models = listModels(context.table, new Date(context.clock.now()).toISOString());
  return async (request, reply) => {
    reply.header('cache-control', 'no-store');
    if (!asksProviders(request.query)) return models;
    const { list, silent } = await offeredModels(context, request.principal, request.headers);
    if (silent.length > 0) reply.header(headerNames.ccproxyDropped, silent.map((name) => `provider ${name}`).join(', '));
    return list;
  };
}
