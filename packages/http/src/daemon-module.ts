import type { Config } from '@ccproxy/config';
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
  /**
   * Runs after every `start`, once nobody else begins to answer requests in this state directory: takes up what was left. With a `predecessor`
   * that is as its socket arrives; that one still ends what it has begun. Must not fail.
   */
  resume?(predecessor: boolean): Promise<void>;
  /** Runs before a successor gets the socket: leaves what that resumes with. Returns what is called when it failed after all. Must not fail. */
  handOver?(): Promise<() => void>;
  /**
   * Prepares what a changed configuration needs beside what is in force; present: changes of `configSections` need no restart. Rejects with a
   * coded error when it cannot be taken.
   */
  reload?(config: Config): Promise<PreparedReload>;
  /** Runs after no new request is accepted, in reverse order; `deadline` aborts when the time is up. */
  drain?(deadline: AbortSignal): Promise<void>;
}

/** A configuration that is ready to be put in force; one of both is called, once. */
export interface PreparedReload {
  /** Puts it in force, before it returns. Resolves when nothing uses the one before any more. */
  apply(): Promise<void>;
  /** Gives up what was prepared. */
  discard(): void;
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
