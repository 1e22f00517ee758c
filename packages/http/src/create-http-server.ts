import type { Server, ServerOptions } from 'node:http';
import type { AddressInfo, Server as NetServer, Socket } from 'node:net';
import type { ServerConfig } from '@ccproxy/config';
import { CcproxyError, type Clock, type Logger, newId } from '@ccproxy/kernel';
import type { Metrics } from '@ccproxy/telemetry';
import Fastify, { type FastifyContentTypeParser, type FastifyInstance, type FastifyReply, type FastifyRequest } from 'fastify';
import { ActiveRequests } from './active-requests.js';
import { checkAuthKey } from './check-auth-key.js';
import { answerClientError } from './client-error.js';
import { collectBody } from './collect-body.js';
import { containHandler } from './contain-handler.js';
import { coreRoutes } from './core-routes.js';
import { createCrossOrigin } from './cross-origin.js';
import type { DaemonModule } from './daemon-module.js';
import { type DrainResult, drainServers, untilIdle, yieldServers } from './drain-servers.js';
import { errors } from './errors.js';
import { createGuard } from './guard.js';
import { createHostPolicy, isLoopbackHost } from './host-policy.js';
import { defaultLimits, type HttpLimits } from './http-limits.js';
import { createHttpMetrics } from './http-metrics.js';
import { listenTcp, type TcpEndpoint } from './listen-tcp.js';
import { listenUnix, type ReleaseSocket } from './listen-unix.js';
import { RouteMethods } from './route-methods.js';
import { sendError } from './send-error.js';
import { toHttpError } from './to-http-error.js';
import type { TokenRegistry } from './token-registry.js';

// As an import it would load Node's own fetch and WebSocket with it, which nobody here uses: 3 MB.
const { createServer } = process.getBuiltinModule('node:http');

export interface HttpServerOptions {
  readonly config: { readonly server: Pick<ServerConfig, 'host' | 'authKey' | 'bodyLimit' | 'allowedHosts' | 'allowedOrigins'> };
  readonly tokens: TokenRegistry;
  readonly modules: readonly DaemonModule[];
  readonly metrics: Metrics;
  readonly logger: Logger;
  readonly clock: Clock;
  /** Version of the daemon, shown to callers with a token. */
  readonly version: string;
  readonly limits?: Partial<HttpLimits>;
}

/** The one HTTP server of the daemon behind both its listeners. */
export interface HttpServer {
  /** For `inject` in tests and for modules that need the Fastify instance. */
  readonly app: FastifyInstance;
  /** The listeners, to be handed to a successor process. */
  readonly servers: { readonly tcp: NetServer; readonly unix: NetServer };
  /** Listens on an address or an inherited socket. Rejects with CCP_PORT_TAKEN or CCP_LISTEN_FAILED. */
  listenTcp(endpoint: TcpEndpoint): Promise<AddressInfo>;
  /** Listens on a Unix socket (mode 0600) or named pipe. Rejects with CCP_SOCKET_PATH or CCP_LISTEN_FAILED. */
  listenUnix(path: string): Promise<void>;
  /** Requests whose answer is not complete. */
  activeRequests(): number;
  /**
   * Stops accepting and waits for the answers being written, at most `deadlineMs`. With `succeeded` a successor accepts on the same socket:
   * requests that still arrive on open connections are answered, and those connections closed.
   */
  drain(options: { readonly deadlineMs: number; readonly succeeded?: boolean }): Promise<DrainResult>;
  /** Cuts what is left, waits until every request has seen its response close, and releases everything. */
  close(): Promise<void>;
}

/** A cut connection closes its response in the next turns of the event loop; ms. */
const cutTimeout = 1_000;

const serverOptions = (limits: HttpLimits): ServerOptions => ({
  headersTimeout: limits.headersTimeout,
  requestTimeout: limits.requestTimeout,
  connectionsCheckingInterval: limits.checkInterval,
  keepAliveTimeout: limits.keepAliveTimeout,
  maxHeaderSize: limits.headerSize,
  noDelay: true,
  // The guard answers a missing Host itself, in the shape of every other error.
  requireHostHeader: false,
});

const noSchemas = (): never => {
  throw new TypeError('routes have no schemas here');
};

/** Makes the server and its routes; nothing listens yet. Rejects with CCP_AUTH_KEY_WEAK, or with what a module's routes threw. */
export async function createHttpServer(options: HttpServerOptions): Promise<HttpServer> {
  const { config, tokens, modules, metrics, logger, clock, version } = options;
  const limits: HttpLimits = { ...defaultLimits, ...options.limits };
  const loopback = isLoopbackHost(config.server.host);
  checkAuthKey(config.server, loopback, logger);
  if (config.server.authKey !== '')
    tokens.add({ token: config.server.authKey, principal: { kind: 'gateway', id: 'server' }, id: 'server' });

  const hosts = createHostPolicy(config.server);
  const routeMethods = new RouteMethods();
  const unixSockets = new WeakSet<Socket>();
  const httpMetrics = createHttpMetrics(metrics, () => active.size);
  let draining = false;
  let succeeded = false;
  let releaseSocket: ReleaseSocket | undefined;

  const active = new ActiveRequests(clock, (request) => {
    httpMetrics.finished(request);
    if (draining) setImmediate(closeIdle);
  });
  const onClientError = (error: NodeJS.ErrnoException, socket: Socket): void => {
    httpMetrics.malformed();
    answerClientError(error, socket, active.uses(socket));
  };
  const refuse = (request: FastifyRequest, reply: FastifyReply, error: CcproxyError, headers?: Readonly<Record<string, string>>): void => {
    httpMetrics.refused(error.code);
    sendError(request, reply, error, { clock, linger: limits.linger, close: draining, ...(headers === undefined ? {} : { headers }) });
  };
  const fail = (error: unknown, request: FastifyRequest, reply: FastifyReply): void => {
    if (!CcproxyError.isInstance(error))
      logger.error({ requestId: request.id, route: request.routeOptions.url, err: error }, 'request failed');
    refuse(request, reply, toHttpError(error));
  };

  let handle: Parameters<typeof createServer>[1];
  const makeServer = (): Server => {
    const server = createServer(serverOptions(limits), (request, response) => {
      active.begin(request, response);
      handle?.(request, response);
    });
    // Node drops headers beyond maxHeadersCount in silence; the size bounds them, and the guard counts them.
    server.maxHeadersCount = 0;
    server.maxConnections = limits.connections;
    server.on('checkExpectation', (request, response) => server.emit('request', request, response));
    return server;
  };
  const tcp = makeServer();
  const unix = makeServer();
  unix.on('connection', (socket) => unixSockets.add(socket)).on('clientError', onClientError);
  const closeIdle = (): void => {
    tcp.closeIdleConnections();
    unix.closeIdleConnections();
  };

  const idBase = newId('req');
  let idCount = 0;
  const app = Fastify({
    logger: false,
    serverFactory: (handler) => {
      handle = handler;
      return tcp;
    },
    clientErrorHandler: onClientError,
    bodyLimit: config.server.bodyLimit,
    exposeHeadRoutes: false,
    return503OnClosing: false,
    genReqId: () => `${idBase}${(idCount++).toString(36)}`,
    requestIdHeader: false,
    // No route has a schema: without these Fastify loads its compilers for them, a hundred files.
    schemaController: { compilersFactory: { buildValidator: noSchemas, buildSerializer: noSchemas } },
    frameworkErrors: (error, request, reply) => refuse(request, reply, toHttpError(error)),
  });
  app.decorateRequest('principal');
  app.decorateRequest('ccproxyId', {
    getter() {
      return this.id;
    },
  });
  app.addHook('onRoute', (route) => {
    routeMethods.add(route.url, route.method);
    route.handler = containHandler(route.handler, fail);
  });
  app.addHook(
    'onRequest',
    createGuard({
      hosts,
      crossOrigin: createCrossOrigin(config.server.allowedOrigins),
      tokens,
      limits,
      active,
      tokenRequired: config.server.authKey !== '' || !loopback,
      unixSockets,
      isDraining: () => draining,
      isSucceeded: () => succeeded,
      allowedMethods: (path) => routeMethods.for(path),
      refuse,
    }),
  );
  app.removeAllContentTypeParsers();
  const readBody: FastifyContentTypeParser = (request, _payload, done) => {
    collectBody(request.raw, { limit: request.routeOptions.bodyLimit ?? config.server.bodyLimit, clock, limits }, done);
  };
  // The catch-all would do for both, but Fastify takes the type apart anew for every request it does not find by name.
  app.addContentTypeParser(['application/json', '*'], readBody);
  app.setErrorHandler(fail);
  app.setNotFoundHandler((request, reply) => {
    refuse(request, reply, errors.CCP_HTTP_NOT_FOUND({ message: 'There is no such route on this server.' }));
  });
  await app.register(coreRoutes({ modules, clock, version, isDraining: () => draining }, metrics));
  for (const module of modules) {
    module.metrics?.(metrics);
    if (module.routes !== undefined) await app.register(module.routes);
  }
  await app.ready();

  return {
    app,
    servers: { tcp, unix },
    async listenTcp(endpoint) {
      const address = await listenTcp(tcp, endpoint);
      hosts.setPort(address.port);
      return address;
    },
    async listenUnix(path) {
      releaseSocket = await listenUnix(unix, path);
    },
    activeRequests: () => active.size,
    async drain({ deadlineMs, succeeded: yields = false }) {
      const wait = { deadlineMs, clock, activeRequests: () => active.size };
      succeeded = yields;
      draining = !yields;
      return yields ? yieldServers([tcp, unix], wait) : drainServers([tcp, unix], wait);
    },
    async close() {
      draining = true;
      for (const server of [tcp, unix]) {
        server.close();
        server.closeAllConnections();
      }
      await untilIdle({ deadlineMs: cutTimeout, clock, activeRequests: () => active.size });
      await releaseSocket?.();
      await app.close();
    },
  };
}
