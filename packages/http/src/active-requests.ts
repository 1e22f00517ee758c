import type { IncomingMessage, ServerResponse } from 'node:http';
import type { Socket } from 'node:net';
import { type Clock, Roster } from '@ccproxy/kernel';

interface Entry {
  readonly startedAt: number;
  readonly socket: Socket;
  /** Route pattern, for metrics. */
  route: string;
}

/** The entry of a response is kept on it: see `Roster` for why there is no map. */
const entryKey = Symbol('active request');
type Tracked = ServerResponse & { [entryKey]?: Entry };

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
  readonly #entries = new Roster<Entry>();
  readonly #clock: Clock;
  readonly #onFinished: (request: FinishedRequest) => void;

  constructor(clock: Clock, onFinished: (request: FinishedRequest) => void) {
    this.#clock = clock;
    this.#onFinished = onFinished;
  }

  get size(): number {
    return this.#entries.size;
  }

  begin(request: IncomingMessage, response: Tracked): void {
    const entry: Entry = { startedAt: this.#clock.monotonic(), socket: request.socket, route: 'unmatched' };
    const leave = this.#entries.add(entry);
    response[entryKey] = entry;
    response.on('close', () => {
      leave();
      const duration = this.#clock.monotonic() - entry.startedAt;
      this.#onFinished({ route: entry.route, status: response.statusCode, aborted: !response.writableFinished, duration });
    });
  }

  /** Names the route of a request that has begun. */
  route(response: Tracked, pattern: string): void {
    const entry = response[entryKey];
    if (entry !== undefined) entry.route = pattern;
  }

  /** Whether an answer is being worked on for that connection. */
  uses(socket: Socket): boolean {
    return this.#entries.members().some((entry) => entry.socket === socket);
  }
}
