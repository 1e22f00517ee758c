import type { Server } from 'node:http';
import { Server as NetServer } from 'node:net';
import type { Clock } from '@ccproxy/kernel';

export interface DrainResult {
  /** Requests that were still open when the deadline passed. */
  readonly unfinished: number;
}

export interface DrainOptions {
  /** ms */
  readonly deadlineMs: number;
  readonly clock: Clock;
  readonly activeRequests: () => number;
}

/** How often the number of open requests is looked at, ms. */
const pollInterval = 20;

/** Resolves when the last answer is complete or the deadline has passed. */
export async function untilIdle({ deadlineMs, clock, activeRequests }: DrainOptions): Promise<DrainResult> {
  const deadline = clock.monotonic() + deadlineMs;
  while (activeRequests() > 0 && clock.monotonic() < deadline) {
    await new Promise<void>((resolve) => {
      clock.setTimeout(resolve, Math.min(pollInterval, deadline - clock.monotonic()));
    });
  }
  return { unfinished: activeRequests() };
}

/**
 * Stops accepting because a successor does, but leaves idle connections to their clients: a request that is on its way on one of them must
 * not meet a closed door. Ends when no connection is left, or at the deadline.
 */
export async function yieldServers(servers: readonly Server[], options: DrainOptions): Promise<DrainResult> {
  // http.Server.close would cut idle connections; the listener alone is closed here.
  for (const server of servers) NetServer.prototype.close.call(server);
  const deadline = options.clock.monotonic() + options.deadlineMs;
  while ((await openConnections(servers)) > 0 && options.clock.monotonic() < deadline) {
    await new Promise<void>((resolve) => void options.clock.setTimeout(resolve, pollInterval));
  }
  return { unfinished: options.activeRequests() };
}

async function openConnections(servers: readonly Server[]): Promise<number> {
  const count = async (server: Server): Promise<number> =>
    new Promise((resolve, reject) => server.getConnections((error, open) => (error === null ? resolve(open) : reject(error))));
  return (await Promise.all(servers.map(count))).reduce((sum, open) => sum + open, 0);
}

/** Stops accepting, closes idle connections, and waits. What is open at the deadline stays open: the caller decides when to cut it. */
export async function drainServers(servers: readonly Server[], options: DrainOptions): Promise<DrainResult> {
  for (const server of servers) server.close();
  return untilIdle(options);
}
