import type { FastifyPluginAsync } from 'fastify';
import type { GatewayContext } from './gateway-context.js';
import { modelsHandler } from './models-route.js';
import { countTokensHandler, messagesHandler } from './messages-routes.js';
import { passthroughHandler } from './passthrough-route.js';

/**
 * The routes of the gateway. They are relative to `/`: registering the plugin under a prefix serves the same four again, with whatever a
 * hook of that scope adds.
 */
export const gatewayRoutes =
  (context: () => GatewayContext): FastifyPluginAsync =>
  // oxlint-disable-next-line require-await -- a Fastify plugin is asynchronous by contract
  async (app) => {
    app.post('/v1/messages', messagesHandler(context));
    app.post('/v1/messages/count_tokens', countTokensHandler(context));
    app.get('/v1/models', modelsHandler(context));
    // The client's start-up probe carries no credential and ignores the answer (facts page claude-code-client §2.1).
    app.route({
      method: ['GET', 'HEAD'],
      url: '/api/hello',
      config: { access: 'open' },
      handler: (_request, reply) => reply.send({ hello: 'ccproxy' }),
    });
    app.route({ method: ['GET', 'HEAD', 'POST', 'PUT', 'PATCH', 'DELETE'], url: '/v1/*', handler: passthroughHandler(context) });
  };
