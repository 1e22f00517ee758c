import type { ServerResponse } from 'node:http';
import type { Clock, Timer } from '@ccproxy/kernel';
import type { HeaderFields } from '@ccproxy/providers';
import { errorSseEvent, SSE_PING } from '@ccproxy/wire';

/** Silence after which a stream gets a ping, ms (the client gives up after 300 s: facts page claude-code-client §4). */
const PING_AFTER = 15_000;

/** Who is told what becomes of the client. */
export interface ClientResponseOwner {
  /** The client reads slower than the provider writes; the counterpart follows. */
  hold(): void;
  release(): void;
  /** Nothing went out for as long as the head may be held. */
  headHoldOver(): void;
  /** The connection or the answer is over; called once, last. */
  closed(): void;
}

/**
 * The answer to one client on the raw response: head, bytes with backpressure, pings in silence, errors inside a stream. Everything written
 * into a stream ends at an event border, so a ping or an error may follow at any time.
 */
export class ClientResponse {
  readonly #response: ServerResponse;
  readonly #clock: Clock;
  readonly #owner: ClientResponseOwner;
  #timer: Timer | undefined;
  #pinging = false;
  #holding = false;
  #lastWrite = 0;
  /** Bytes of bodies written. */
  bytes = 0;

  constructor(response: ServerResponse, clock: Clock, owner: ClientResponseOwner) {
    this.#response = response;
    this.#clock = clock;
    this.#owner = owner;
    response.on('close', () => {
      this.#timer?.clear();
      owner.closed();
    });
    // The connection may break while something is written; `close` follows and says the same.
    response.on('error', () => {});
  }

  get headSent(): boolean {
    return this.#response.headersSent;
  }

  /** Status the client saw; 0 before the head. */
  get status(): number {
    return this.#response.headersSent ? this.#response.statusCode : 0;
  }

  /** The client went away, or the answer was cut. */
  get gone(): boolean {
    return this.#response.destroyed;
  }

  /** Something was written in this turn of the event loop and leaves at its end, together with what follows (Node corks the socket). */
  get writing(): boolean {
    return (this.#response.socket?.writableCorked ?? 0) > 0;
  }

  get finished(): boolean {
    return this.#response.writableFinished;
  }

  /** Calls `headHoldOver` unless a head goes out within `ms`. */
  holdHead(ms: number): void {
    this.#timer = this.#clock.setTimeout(() => {
      this.#timer = undefined;
      if (!this.headSent && !this.gone) this.#owner.headHoldOver();
    }, ms);
  }

  /** Sends the head of a stream, unless it is out, and pings in silence from now on. */
  startStream(status: number, headers: HeaderFields): void {
    if (!this.#response.headersSent) this.#response.writeHead(status, headers as Record<string, string | string[]>);
    this.#lastWrite = this.#clock.monotonic();
    if (this.#pinging) return;
    this.#pinging = true;
    this.#timer?.clear();
    this.#armPing(PING_AFTER);
  }

  ping(): void {
    this.write(Buffer.from(SSE_PING));
  }

  /** Sends the head of an answer that is not a stream. */
  startDocument(status: number, headers: HeaderFields): void {
    this.#timer?.clear();
    this.#response.writeHead(status, headers as Record<string, string | string[]>);
  }

  write(bytes: Buffer): void {
    this.bytes += bytes.length;
    if (this.#pinging) this.#lastWrite = this.#clock.monotonic();
    if (this.#response.write(bytes) || this.#holding) return;
    this.#holding = true;
    this.#owner.hold();
    this.#response.once('drain', () => {
      this.#holding = false;
      this.#owner.release();
    });
  }

  /** Ends a stream with an error event. */
  failStream(type: string, message: string, requestId: string): void {
    this.end(Buffer.from(errorSseEvent(type, message, requestId)));
  }

  end(last?: Buffer): void {
    this.#timer?.clear();
    if (last === undefined) {
      this.#response.end();
      return;
    }
    this.bytes += last.length;
    this.#response.end(last);
  }

  /** Cuts the connection: the only honest end of a document that cannot be completed. */
  destroy(): void {
    this.#response.destroy();
  }

  #armPing(ms: number): void {
    this.#timer = this.#clock.setTimeout(() => {
      const silent = this.#clock.monotonic() - this.#lastWrite;
      if (silent >= PING_AFTER && !this.#holding) this.ping();
      this.#armPing(silent >= PING_AFTER ? PING_AFTER : PING_AFTER - silent);
    }, ms);
  }
}
