import type { DaemonModule, HttpServer } from '@ccproxy/http';
import type { Logger } from '@ccproxy/kernel';
import type { ReleaseStack } from './release-stack.js';
import type { SessionRegistry } from './session-registry.js';

export interface DrainRequest {
  readonly timeoutMs: number;
  /** A successor serves already: sessions go on with it. */
  readonly succeeded: boolean;
  readonly server: HttpServer;
  readonly modules: readonly DaemonModule[];
  readonly sessions: SessionRegistry;
  readonly releases: ReleaseStack;
  readonly logger: Logger;
}

/**
 * The end of a daemon: no new requests, the open ones may finish until the time is up (then each stream ends with an SSE error, by its
 * module), modules drain in reverse order, everything is released.
 */
export async function drainDaemon(request: DrainRequest): Promise<void> {
  const { timeoutMs, server, modules, releases, logger } = request;
  logger.info({ timeoutMs, activeRequests: server.activeRequests() }, 'draining');
  request.sessions.retain();
  const deadline = AbortSignal.timeout(timeoutMs);
  const open = server.drain({ deadlineMs: timeoutMs, succeeded: request.succeeded });
  // With a successor, requests on connections that are still open are served to the end; the modules stay until then.
  if (request.succeeded) await open;
  for (const module of modules.toReversed()) {
    await module.drain?.(deadline).catch((error: unknown) => logger.warn({ err: error, module: module.name }, 'module did not drain'));
  }
  const { unfinished } = await open;
  logger.info({ unfinished }, 'stopped');
  await releases.release();
}
