import type { IpcBinding } from '@ccproxy/ipc';
import type { FastifyPluginAsync } from 'fastify';
import type { Metrics } from '@ccproxy/telemetry';

/**
 * A capability of the daemon. The daemon composes these and does nothing else; two capabilities never edit the same file.
 * Routes are a Fastify plugin inside the guarded server; each route says who may call it with `config: { access }`
 * (`open` | `gateway`, the default | `token` | `admin`).
 */
export interface DaemonModule {
  readonly name: string;
  /** Top-level keys of the configuration it owns. */
  readonly configSections?: readonly string[];
  readonly ipcMethods?: readonly IpcBinding[];
  readonly routes?: FastifyPluginAsync;
  /** Registers its metrics. */
  readonly metrics?: (metrics: Metrics) => void;
  /** Its part of `/health` and `status`. Fast, no I/O. */
  health?(): Readonly<Record<string, unknown>>;
  /** Whether work is open that is no HTTP request and that an idle daemon must not cut. Fast, no I/O. */
  busy?(): boolean;
  /** Runs before the sockets listen, in order of composition. */
  start?(): Promise<void>;
  /** Runs after no new request is accepted, in reverse order; `deadline` aborts when the time is up. */
  drain?(deadline: AbortSignal): Promise<void>;
}

/**
 * Who may call a route. `open`: everybody. `gateway`: everybody on a loopback server without `server.authKey`, else a
 * caller with a local token. `token`: always a local token. `admin`: the token of `run/token`.
 */
export type RouteAccess = 'open' | 'gateway' | 'token' | 'admin';

/** Who a request speaks for, found by the guard. */
export type Principal =
  | { readonly kind: 'anonymous' }
  /** `id` names the token (`server`, a session id, a key id), never its value. */
  | { readonly kind: 'gateway'; readonly id: string }
  | { readonly kind: 'admin' };
