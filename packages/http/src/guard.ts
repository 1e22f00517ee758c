import type { IncomingMessage } from 'node:http';
import { Socket } from 'node:net';
import type { CcproxyError } from '@ccproxy/kernel';
import type { FastifyReply, FastifyRequest } from 'fastify';
import type { ActiveRequests } from './active-requests.js';
import { type CrossOrigin, isPreflight } from './cross-origin.js';
import type { Principal, RouteAccess } from './daemon-module.js';
import { errors } from './errors.js';
import type { HostPolicy } from './host-policy.js';
import type { HttpLimits } from './http-limits.js';
import { inspectRequest } from './inspect-request.js';
import { removeHeaders, resolvePrincipal } from './resolve-principal.js';
import { type HeaderScan, scanHeaders } from './scan-headers.js';
import type { TokenRegistry } from './token-registry.js';

export interface GuardOptions {
  readonly hosts: HostPolicy;
  readonly crossOrigin: CrossOrigin;
  readonly tokens: TokenRegistry;
  readonly limits: HttpLimits;
  readonly active: ActiveRequests;
  /** With `server.authKey`, or reachable from other machines: anonymous callers get nothing but open routes. */
  readonly tokenRequired: boolean;
  /** Sockets accepted by the Unix listener. */
  readonly unixSockets: WeakSet<Socket>;
  isDraining(): boolean;
  /** A successor serves: what still arrives here is answered, and its connection closed. */
  isSucceeded(): boolean;
  /** Methods that exist for a path. */
  allowedMethods(path: string): readonly string[];
  /** Answers and ends a request the guard refuses. */
  refuse(request: FastifyRequest, reply: FastifyReply, error: CcproxyError, headers?: Readonly<Record<string, string>>): void;
}

function denied(access: RouteAccess, principal: Principal, tokenRequired: boolean): CcproxyError | undefined {
  if (principal.kind === 'admin') return undefined;
  if (principal.kind === 'anonymous') {
    return access === 'gateway' && !tokenRequired
      ? undefined
      : errors.CCP_HTTP_TOKEN_NEEDED({ message: 'This route needs a token of this daemon, and the request has none.' });
  }
  return access === 'admin' ? errors.CCP_HTTP_ADMIN_ONLY({ message: 'A gateway token does not open this route.' }) : undefined;
}

/**
 * Makes the hook every request passes before its body is read: HTTP hygiene, browser boundary, token to principal, access,
 * load. It removes every local token from the request, so that none can be forwarded.
 */
export function createGuard(options: GuardOptions): (request: FastifyRequest, reply: FastifyReply, done: () => void) => void {
  const { hosts, crossOrigin, tokens, limits, active, unixSockets } = options;
  const byHost = (host: string): boolean => hosts.allows(host);
  /** Injected requests have no network socket, those of the Unix listener come from this user's own programs. */
  const isLocal = (raw: IncomingMessage): boolean => unixSockets.has(raw.socket) || !(raw.socket instanceof Socket);

  const inspect = (request: FastifyRequest, scan: HeaderScan): CcproxyError | undefined =>
    inspectRequest({
      method: request.method,
      target: request.raw.url ?? '',
      headerCount: request.raw.rawHeaders.length / 2,
      scan,
      hostAllowed: isLocal(request.raw) ? undefined : byHost,
      allowedOrigins: crossOrigin.origins,
      bodyLimit: request.routeOptions.bodyLimit ?? 0,
      limits,
    });

  const authorize = (request: FastifyRequest, scan: HeaderScan): CcproxyError | undefined => {
    const { principal, wrongToken, localHeaders } = resolvePrincipal(scan, tokens);
    request.principal = principal;
    removeHeaders(request.raw, localHeaders);
    const access = request.routeOptions.config.access ?? 'gateway';
    if (access === 'open') return undefined;
    if (wrongToken) return errors.CCP_HTTP_TOKEN_WRONG({ message: 'The token of the request is not one of this daemon.' });
    return denied(access, principal, options.tokenRequired);
  };

  const shed = (request: FastifyRequest): CcproxyError | undefined => {
    if (request.routeOptions.config.always === true) return undefined;
    if (options.isDraining()) return errors.CCP_HTTP_DRAINING({ message: 'The daemon is shutting down.' });
    return active.size > limits.activeRequests
      ? errors.CCP_HTTP_OVERLOADED({ message: `The daemon already works on ${limits.activeRequests} requests.` })
      : undefined;
  };

  const unmatched = (request: FastifyRequest): { error: CcproxyError; headers?: Record<string, string> } => {
    const allow = options.allowedMethods(request.raw.url ?? '/');
    if (allow.length === 0) return { error: errors.CCP_HTTP_NOT_FOUND({ message: 'There is no such route on this server.' }) };
    return {
      error: errors.CCP_HTTP_METHOD_REFUSED({ message: 'The route does not take this method.' }),
      headers: { allow: allow.join(', ') },
    };
  };

  return (request, reply, done) => {
    const scan = scanHeaders(request.raw.rawHeaders);
    if (!request.is404) active.route(reply.raw, request.routeOptions.url ?? 'unmatched');
    // On the reply, not on the response: whoever hijacks writes the id with its own head, in one go.
    reply.header('x-ccproxy-request-id', request.id);
    if (options.isSucceeded()) reply.raw.shouldKeepAlive = false;
    const refusal = inspect(request, scan);
    if (refusal !== undefined) {
      removeHeaders(request.raw, resolvePrincipal(scan, tokens).localHeaders);
      options.refuse(request, reply, refusal);
      return;
    }
    if (scan.origin !== undefined) {
      crossOrigin.allow(scan.origin, reply.raw);
      if (isPreflight(request.raw)) {
        reply.hijack();
        reply.raw.setHeader('x-ccproxy-request-id', request.id);
        crossOrigin.answerPreflight(request.raw, reply.raw, options.allowedMethods(request.raw.url ?? '/'));
        return;
      }
    }
    const barred = authorize(request, scan) ?? shed(request);
    if (barred !== undefined) {
      options.refuse(request, reply, barred);
      return;
    }
    if (request.is404) {
      const { error, headers } = unmatched(request);
      options.refuse(request, reply, error, headers);
      return;
    }
    done();
  };
}
