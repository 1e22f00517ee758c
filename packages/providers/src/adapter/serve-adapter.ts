/**
 * The thread's side of a provider adapter. It imports nothing but `node:` modules and erased types, so that Node runs the TypeScript file
 * itself when the package runs from its sources.
 */
import type { MessagePort } from 'node:worker_threads';
import type { AdapterData, AdapterOrder, AdapterReply } from './adapter-protocol.js';
import type { Adapter, AdapterAnswer, AdapterSetup, CreateAdapter } from './provider-adapter.js';

/** Bytes of one answer that may wait for its reader. */
const windowBytes = 256 * 1024;
const longestMessage = 2000;

interface Running {
  readonly stop: AbortController;
  room: number;
  wake: (() => void) | undefined;
}

const messageOf = (error: unknown): string => (error instanceof Error ? error.message : String(error)).slice(0, longestMessage);

/** The code of an error, or of what caused it: `fetch` hides that of the network. */
function codeOf(error: unknown, depth = 0): string | undefined {
  if (typeof error !== 'object' || error === null || depth > 3) return undefined;
  const { code, cause, errors } = error as { code?: unknown; cause?: unknown; errors?: unknown };
  if (typeof code === 'string') return code;
  return codeOf(Array.isArray(errors) ? errors[0] : cause, depth + 1);
}

/** Plain header fields in lower case. */
function fieldsOf(headers: AdapterAnswer['headers']): Record<string, string | string[]> {
  if (headers === undefined) return {};
  const entries = Symbol.iterator in headers ? [...headers] : Object.entries(headers);
  return Object.fromEntries(
    entries.map(([name, value]) => [name.toLowerCase(), typeof value === 'string' ? value : [...value].map(String)]),
  );
}

async function* piecesOf(body: AdapterAnswer['body']): AsyncGenerator<Uint8Array> {
  if (body === undefined || body === null) return;
  if (typeof body === 'string' || body instanceof Uint8Array) {
    yield Buffer.from(body);
    return;
  }
  for await (const piece of body) yield typeof piece === 'string' ? Buffer.from(piece) : piece;
}

/** Serves the calls of a daemon over a port with the adapter that `load` gives, until it is told to close. */
export class AdapterServer {
  readonly #port: Pick<MessagePort, 'postMessage' | 'on'>;
  readonly #running = new Map<number, Running>();
  #adapter: Adapter | undefined;

  constructor(port: Pick<MessagePort, 'postMessage' | 'on'>) {
    this.#port = port;
  }

  /** Loads the adapter, says whether it can be used, and begins to serve. */
  async start(data: Omit<AdapterData, 'url'>, load: () => Promise<CreateAdapter>): Promise<void> {
    try {
      const create = await load();
      const adapter = await create(this.#setup(data));
      if (typeof adapter?.answer !== 'function') throw new TypeError('it has no function `answer`');
      this.#adapter = adapter;
      this.#port.on('message', (order: AdapterOrder) => this.#obey(order, adapter));
      this.#say({ kind: 'ready', signsThinking: adapter.signsThinking === true });
    } catch (error) {
      this.#say({ kind: 'unusable', message: messageOf(error) });
    }
  }

  #setup({ name, options, egress, timeouts }: Omit<AdapterData, 'url'>): AdapterSetup {
    return {
      name,
      options,
      egress,
      timeouts,
      log: (level, message, fields = {}) => this.#say({ kind: 'log', level, message, fields: JSON.stringify(fields) }),
      secret: (value) => this.#say({ kind: 'secret', value }),
      report: (reason) => this.#say({ kind: 'report', reason: reason?.slice(0, longestMessage) }),
    };
  }

  #obey(order: AdapterOrder, adapter: Adapter): void {
    if (order.kind === 'call') void this.#answer(order, adapter);
    else if (order.kind === 'ping') this.#say({ kind: 'pong' });
    else if (order.kind === 'close') void this.#close();
    else {
      const running = this.#running.get(order.id);
      if (order.kind === 'abort') running?.stop.abort();
      else if (running !== undefined) running.room += order.bytes;
      running?.wake?.();
    }
  }

  async #answer({ id, request }: Extract<AdapterOrder, { kind: 'call' }>, adapter: Adapter): Promise<void> {
    const running: Running = { stop: new AbortController(), room: windowBytes, wake: undefined };
    const { signal } = running.stop;
    this.#running.set(id, running);
    try {
      const body = request.body === undefined ? undefined : Buffer.from(request.body.buffer, request.body.byteOffset, request.body.length);
      const answer = await adapter.answer({ ...request, body }, signal);
      if (!signal.aborted)
        this.#say({ kind: 'head', id, status: answer.status, headers: fieldsOf(answer.headers), dropped: [...(answer.dropped ?? [])] });
      for await (const piece of piecesOf(answer.body)) {
        if (!signal.aborted) await this.#send(id, piece, running);
        if (signal.aborted) return;
      }
      this.#say({ kind: 'end', id });
    } catch (error) {
      if (!signal.aborted) this.#say({ kind: 'failed', id, code: codeOf(error), message: messageOf(error) });
    } finally {
      this.#running.delete(id);
    }
  }

  /** Sends a copy, which goes over without another one, and waits while the reader has enough. */
  async #send(id: number, piece: Uint8Array, running: Running): Promise<void> {
    const chunk = Uint8Array.from(piece);
    running.room -= chunk.length;
    this.#port.postMessage({ kind: 'data', id, chunk } satisfies AdapterReply, [chunk.buffer]);
    while (running.room <= 0 && !running.stop.signal.aborted) {
      await new Promise<void>((resolve) => {
        running.wake = resolve;
      });
    }
  }

  async #close(): Promise<void> {
    for (const { stop, wake } of this.#running.values()) {
      stop.abort();
      wake?.();
    }
    try {
      await this.#adapter?.close?.();
    } catch (error) {
      this.#say({ kind: 'log', level: 'warn', message: `it did not close: ${messageOf(error)}`, fields: '{}' });
    }
    this.#say({ kind: 'closed' });
  }

  #say(reply: AdapterReply): void {
    this.#port.postMessage(reply, []);
  }
}
