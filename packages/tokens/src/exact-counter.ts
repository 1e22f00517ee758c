import { Worker } from 'node:worker_threads';
import type { Clock, Timer } from '@ccproxy/kernel';
import type { CountReply, CountRequest, TokenCount } from './count-protocol.js';

/** Counts the tokens of request bodies in a thread of its own. */
export interface ExactCounter {
  /** undefined: it could not be counted in time; the caller goes on with its estimate. Never rejects. */
  count(body: Uint8Array): Promise<TokenCount | undefined>;
  /** Ends the thread; later counts give undefined. */
  close(): Promise<void>;
}

export interface ExactCounterOptions {
  readonly clock: Clock;
  /** How long one count may take, ms; 2000. */
  readonly limitMs?: number;
  /** How long the thread stays without work, ms; 5 minutes. */
  readonly idleMs?: number;
  /** Counts that may wait; more are refused; 8. */
  readonly capacity?: number;
}

interface Waiting {
  readonly settle: (count: TokenCount | undefined) => void;
  readonly timer: Timer;
}

function startThread(): Worker {
  const source = import.meta.url.endsWith('.ts');
  const file = source ? new URL('./count-thread.ts', import.meta.url) : new URL('./count-thread.js', import.meta.url);
  return new Worker(file, { name: 'ccproxy-tokens', execArgv: [], env: {} });
}

/** Makes a counter; its thread starts with the first count and ends when there is nothing to do. */
export function createExactCounter(options: ExactCounterOptions): ExactCounter {
  return new ThreadCounter(options);
}

class ThreadCounter implements ExactCounter {
  readonly #options: ExactCounterOptions;
  readonly #waiting = new Map<number, Waiting>();
  #thread: Worker | undefined;
  #idle: Timer | undefined;
  #next = 0;
  #closed = false;

  constructor(options: ExactCounterOptions) {
    this.#options = options;
  }

  count(body: Uint8Array): Promise<TokenCount | undefined> {
    const { clock, limitMs = 2000, capacity = 8 } = this.#options;
    if (this.#closed || this.#waiting.size >= capacity) return Promise.resolve(undefined);
    this.#idle?.clear();
    const thread = (this.#thread ??= this.#start());
    this.#next += 1;
    const id = this.#next;
    return new Promise((settle) => {
      // A count that takes too long holds up the others: the thread goes, and with it what waits.
      const timer = clock.setTimeout(() => this.#drop(thread), limitMs, { unref: true });
      this.#waiting.set(id, { settle, timer });
      thread.ref();
      // A copy: the request goes on with the bytes, and splicing works in place.
      const request: CountRequest = { id, body: Uint8Array.from(body) };
      thread.postMessage(request, []);
    });
  }

  async close(): Promise<void> {
    this.#closed = true;
    const thread = this.#thread;
    if (thread !== undefined) this.#drop(thread);
    await thread?.terminate();
  }

  #start(): Worker {
    const thread = startThread();
    thread.on('message', (reply: CountReply) => this.#settle(reply.id, 'count' in reply ? reply.count : undefined));
    thread.on('error', () => this.#drop(thread));
    thread.on('exit', () => this.#drop(thread));
    thread.unref();
    return thread;
  }

  #settle(id: number, count: TokenCount | undefined): void {
    const waiting = this.#waiting.get(id);
    if (waiting === undefined) return;
    this.#waiting.delete(id);
    waiting.timer.clear();
    waiting.settle(count);
    if (this.#waiting.size === 0) this.#rest();
  }

  /** Nothing waits: the process may end, and after a while the thread does. */
  #rest(): void {
    const { clock, idleMs = 300_000 } = this.#options;
    const thread = this.#thread;
    if (thread === undefined) return;
    thread.unref();
    this.#idle = clock.setTimeout(() => this.#drop(thread), idleMs, { unref: true });
  }

  /** Ends a thread; whatever waits for it gets no count. */
  #drop(thread: Worker): void {
    if (this.#thread !== thread) return;
    this.#thread = undefined;
    this.#idle?.clear();
    for (const id of this.#waiting.keys()) this.#settle(id, undefined);
    void thread.terminate();
  }
}
