import type { Principal, RouteAccess } from './daemon-module.js';

declare module 'fastify' {
  interface FastifyRequest {
    /** Who the request speaks for; set by the guard before any handler. */
    principal: Principal;
    /** Unique id of the request, echoed as `x-ccproxy-request-id`. */
    readonly ccproxyId: string;
  }
  interface FastifyContextConfig {
    /** Who may call the route; `gateway` when absent. */
    access?: RouteAccess;
    /** Answered also while the server drains or is overloaded: health and readiness. */
    always?: boolean;
  }
}
