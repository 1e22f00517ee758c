import type { FastifyReply, FastifyRequest, RouteHandlerMethod } from 'fastify';

const isPromise = (value: unknown): value is Promise<unknown> => value instanceof Promise;

/**
 * Wraps a route handler so that a failure after `reply.hijack()` still ends the request: Fastify only logs it then, and the client
 * would wait for ever. Failures before go the ordinary way.
 */
export function containHandler(
  handler: RouteHandlerMethod,
  onFailure: (error: unknown, request: FastifyRequest, reply: FastifyReply) => void,
): RouteHandlerMethod {
  return function contained(request, reply) {
    const fail = (error: unknown): void => {
      if (!reply.sent) throw error;
      onFailure(error, request, reply);
    };
    try {
      const result: unknown = handler.call(this, request, reply);
      return isPromise(result) ? result.catch(fail) : result;
    } catch (error) {
      fail(error);
      return undefined;
    }
  };
}
