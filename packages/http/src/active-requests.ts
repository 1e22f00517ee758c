import type { IncomingMessage, ServerResponse } from 'node:http';
import type { Socket } from 'node:net';
import type { Clock } from '@ccproxy/kernel';

interface Entry {
  readonly startedAt: number;
  readonly socket: Socket;
  /** Route pattern, for metrics. */
  route: string;
}

export interface FinishedRequest {
  readonly route: string;
  readonly status: number;
  /** The client went away before the answer was complete. */
  readonly aborted: boolean;
  /** ms */
  readonly duration: number;
}

/**
 * The requests being worked on. A request ends when its response closes, whatever happened to it: Fastify's `onResponse`
 * does not see every abort of a hijacked reply (measured: facts/feasibility.md §1).
 */
export class ActiveRequests {
  readonly #entries = new Map<ServerResponse, Entry>();
  readonly #clock: Clock;
  readonly #onFinished: (request: FinishedRequest) => void;

  constructor(clock: Clock, onFinished: (request: FinishedRequest) => void) {
    this.#clock = clock;
    this.#onFinished = onFinished;
  }

  get size(): number {
    return this.#entries.size;
  }

  begin(request: IncomingMessage, response: ServerResponse): void {
    const entry: Entry = { startedAt: this.#clock.monotonic(), socket: request.socket, route: 'unmatched' };
    this.#entries.set(response, entry);
    response.once('close', () => {
      this.#entries.delete(response);
      const duration = this.#clock.monotonic() - entry.startedAt;
      this.#onFinished({ route: entry.route, status: response.statusCode, aborted: !response.writableFinished, duration });
    });
  }

  /** Names the route of a request that has begun. */
  route(response: ServerResponse, pattern: string): void {
    const entry = this.#entries.get(response);
    if (entry !== undefined) entry.route = pattern;
  }

  /** Whether an answer is being worked on for that connection. */
  uses(socket: Socket): boolean {
    for (const entry of this.#entries.values()) if (entry.socket === socket) return true;
    return false;
  }
}
