import type { FastifyReply, FastifyRequest } from 'fastify';
import { httpErrors, readRawBody } from '@ccproxy/http';
import { errors } from './errors.js';
import type { GatewayContext } from './gateway-context.js';
import { maskSecrets } from './mask-secrets.js';
import { PlainExchange } from './plain-exchange.js';
import { principalName } from './principal-name.js';
import { upstreamPath } from './project-scope.js';
import { plainProvider } from './upstreams.js';

/** The gateway's own endpoints below `/v1/`: with another method they are refused, never passed on beside routing and ledger. */
const own: ReadonlyMap<string, string> = new Map([
  ['messages', 'POST'],
  ['messages/count_tokens', 'POST'],
  ['models', 'GET'],
]);

/**
 * Any other `/v1/*`: passed to the provider of the default target when that speaks the whole Anthropic API, else 501 `not_supported`
 * (facts page claude-code-client §8.4). The credential rule is the same as for messages.
 */
export const passthroughHandler =
  (current: () => GatewayContext) =>
  (request: FastifyRequest<{ Params: { '*': string } }>, reply: FastifyReply): void => {
    const context = current();
    const allow = own.get(request.params['*']);
    if (allow !== undefined) {
      reply.raw.setHeader('allow', allow);
      throw httpErrors.CCP_HTTP_METHOD_REFUSED({ message: 'The route does not take this method.' });
    }
    const target = context.tableOf(request.project).main.otherwise?.attempts[0];
    const provider = target === undefined ? undefined : plainProvider(context.upstreams, target.provider);
    if (target === undefined || provider?.type !== 'anthropic') {
      throw errors.CCP_GATEWAY_NOT_SUPPORTED({ message: 'This endpoint is not supported by the default target.', hint: '' });
    }
    if (request.principal.kind === 'anonymous' && !provider.openToAnonymous) {
      throw errors.CCP_GATEWAY_TOKEN_NEEDED({ message: `The target "${target.target}" needs a token of this gateway.` });
    }
    const body = readRawBody(request);
    maskSecrets(body, context.needles());
    reply.hijack();
    const plain = {
      id: request.ccproxyId,
      route: 'default',
      target: target.target,
      principal: principalName(request.principal),
      provider,
      call: {
        method: request.method,
        path: upstreamPath(request.raw.url ?? '/', request.project),
        clientHeaders: request.headers,
        rawClientHeaders: request.raw.rawHeaders,
        body: body.length === 0 ? undefined : body,
        stream: false,
      },
      started: context.clock.monotonic(),
    };
    new PlainExchange(context, plain, reply.raw).start();
  };
