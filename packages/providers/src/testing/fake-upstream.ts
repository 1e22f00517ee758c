import { createServer, type IncomingHttpHeaders, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo, Socket } from 'node:net';

/** One request as the fake upstream saw it. */
export interface SeenRequest {
  readonly method: string;
  readonly path: string;
  readonly headers: IncomingHttpHeaders;
  readonly rawHeaders: readonly string[];
  readonly body: Buffer;
  /** `aborted`: the connection went away before the answer was finished. */
  state: 'open' | 'finished' | 'aborted';
  /** `performance.now()` when the state left `open`. */
  endedAt: number;
}

/** What a behaviour works with; raw faults write to `socket`. */
export interface Exchange {
  readonly request: SeenRequest;
  readonly response: ServerResponse;
  readonly socket: Socket;
}

export type Behaviour = (exchange: Exchange) => void | Promise<void>;

const bodyOf = async (message: IncomingMessage): Promise<Buffer> => {
  const chunks: Buffer[] = [];
  for await (const chunk of message) chunks.push(chunk as Buffer);
  return Buffer.concat(chunks);
};

/** A provider's end of the wire on a loopback port: records every request and answers as told. */
export class FakeUpstream {
  readonly seen: SeenRequest[] = [];
  behaviour: Behaviour;
  /** Connections accepted so far. */
  connections = 0;
  readonly #server: Server;
  readonly #sockets = new Set<Socket>();

  private constructor(behaviour: Behaviour) {
    this.behaviour = behaviour;
    this.#server = createServer({ keepAliveTimeout: 60_000 }, (message, response) => void this.#serve(message, response));
    this.#server.on('connection', (socket) => {
      this.connections += 1;
      this.#sockets.add(socket);
      socket.on('error', () => socket.destroy());
      socket.on('close', () => this.#sockets.delete(socket));
    });
  }

  static async listen(behaviour: Behaviour): Promise<FakeUpstream> {
    const fake = new FakeUpstream(behaviour);
    await new Promise<void>((resolve) => fake.#server.listen(0, '127.0.0.1', resolve));
    return fake;
  }

  get url(): string {
    return `http://127.0.0.1:${(this.#server.address() as AddressInfo).port}`;
  }

  /** Requests whose answer has neither finished nor been aborted. */
  get open(): number {
    return this.seen.filter((request) => request.state === 'open').length;
  }

  /** Connections that are open now, idle ones included. */
  get openConnections(): number {
    return this.#sockets.size;
  }

  get last(): SeenRequest {
    const last = this.seen.at(-1);
    if (last === undefined) throw new Error('no request reached the fake upstream');
    return last;
  }

  async close(): Promise<void> {
    for (const socket of this.#sockets) socket.destroy();
    await new Promise<void>((resolve) => this.#server.close(() => resolve()));
  }

  async #serve(message: IncomingMessage, response: ServerResponse): Promise<void> {
    let body: Buffer;
    try {
      body = await bodyOf(message);
    } catch {
      // The caller went away while it was sending: there is nothing to answer.
      return;
    }
    const request: SeenRequest = {
      method: message.method ?? '',
      path: message.url ?? '',
      headers: message.headers,
      rawHeaders: message.rawHeaders,
      body,
      state: 'open',
      endedAt: 0,
    };
    response.on('error', () => response.destroy());
    response.on('close', () => {
      request.state = response.writableFinished ? 'finished' : 'aborted';
      request.endedAt = performance.now();
    });
    this.seen.push(request);
    await this.behaviour({ request, response, socket: message.socket });
  }
}
