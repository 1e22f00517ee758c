import type { IncomingMessage, ServerResponse } from 'node:http';

/** What browsers are told. Nothing, unless `server.allowedOrigins` lists the origin of the page. */
export interface CrossOrigin {
  readonly origins: ReadonlySet<string>;
  /** Lets the page of a listed origin read the answer. */
  allow(origin: string, response: ServerResponse): void;
  answerPreflight(request: IncomingMessage, response: ServerResponse, methods: readonly string[]): void;
}

const headerNames = /^[A-Za-z0-9-]{1,64}(?:\s*,\s*[A-Za-z0-9-]{1,64}){0,63}$/;

/** A browser asks before it sends the real request. */
export const isPreflight = (request: IncomingMessage): boolean =>
  request.method === 'OPTIONS' && request.headers['access-control-request-method'] !== undefined;

/** Makes the answers for the origins the user listed; no wildcard and no credentials mode exist. */
export function createCrossOrigin(allowedOrigins: readonly string[]): CrossOrigin {
  const origins = new Set(allowedOrigins);
  return {
    origins,
    allow(origin, response) {
      response.setHeader('access-control-allow-origin', origin);
      response.setHeader('access-control-expose-headers', 'x-ccproxy-request-id, x-ccproxy-route, x-ccproxy-target, x-ccproxy-attempts');
      response.setHeader('vary', 'origin');
    },
    answerPreflight(request, response, methods) {
      const wanted = request.headers['access-control-request-headers'];
      response.writeHead(204, {
        'access-control-allow-methods': methods.join(', '),
        ...(wanted !== undefined && headerNames.test(wanted) ? { 'access-control-allow-headers': wanted } : {}),
        'access-control-max-age': '600',
      });
      response.end();
    },
  };
}
