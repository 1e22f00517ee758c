import type { Server } from 'node:http';
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

/** Stops accepting, closes idle connections, and waits. What is open at the deadline stays open: the caller decides when to cut it. */
export async function drainServers(servers: readonly Server[], options: DrainOptions): Promise<DrainResult> {
  for (const server of servers) server.close();
  return untilIdle(options);
}
