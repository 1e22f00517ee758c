import type { ServerResponse } from 'node:http';
import type { Clock, Timer } from '@ccproxy/kernel';
import type { HeaderFields } from '@ccproxy/providers';
import { errorSseEvent, SSE_PING } from '@ccproxy/wire';
import { type Follower, Followers, writeHead } from './followers.js';

/** Silence after which a stream gets a ping, ms (the client gives up after 300 s: facts page claude-code-client §4). */
const PING_AFTER = 15_000;
/** A stream that sent more than this, bytes, is not given to a further connection. */
const MOST_KEPT = 32 * 1024;

/**
 * A piece of at least so many bytes is waited for alone, whatever more Node would take (64 KB until it says no): beside it the next one would
 * wait in our memory for a client that reads slowly.
 */
const LARGE_PIECE = 16 * 1024;

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
  /** The connection that sets the pace. */
  #response: ServerResponse;
  /** Headers of that connection alone. */
  #own: HeaderFields = {};
  readonly #clock: Clock;
  readonly #owner: ClientResponseOwner;
  #timer: Timer | undefined;
  #pinging = false;
  #holding = false;
  #lastWrite = 0;
  /** Further connections that get the same answer. */
  #followers: Followers | undefined;
  #headers: HeaderFields = {};
  /** What was sent, as long as it is short enough to be sent to a further connection too. */
  #sent: Buffer[] | undefined;
  /** Bytes of bodies written. */
  bytes = 0;

  constructor(response: ServerResponse, clock: Clock, owner: ClientResponseOwner) {
    this.#response = response;
    this.#clock = clock;
    this.#owner = owner;
    this.#watch(response);
  }

  /** Whether a further connection can get the whole answer. */
  get joinable(): boolean {
    const { headersSent, writableEnded, statusCode } = this.#response;
    if (writableEnded || this.#followers?.full === true) return false;
    return !headersSent || (this.#sent !== undefined && statusCode < 400);
  }

  /** Keeps the beginning of a stream, for further connections. */
  keepSent(): void {
    this.#sent = [];
  }

  /**
   * A further connection of the same client gets the answer too, from its beginning. It is the one the client waits at, so it sets the pace
   * from now on; the one before only follows. `own`: headers of that connection alone.
   */
  join(response: ServerResponse, own: HeaderFields): void {
    this.#watch(response);
    if (this.#response.headersSent) {
      writeHead({ response, own }, this.#response.statusCode, this.#headers);
      for (const bytes of this.#sent ?? []) response.write(bytes);
    }
    this.#followers ??= new Followers();
    this.#followers.add({ response: this.#response, own: this.#own });
    this.#lead({ response, own });
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
    if (!this.#response.headersSent) this.#head(status, headers);
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
    this.#sent = undefined;
    this.#head(status, headers);
  }

  write(bytes: Buffer): void {
    this.bytes += bytes.length;
    if (this.#pinging) this.#lastWrite = this.#clock.monotonic();
    if (this.#sent !== undefined) this.#keep(bytes);
    this.#followers?.write(bytes);
    const held = this.#response;
    if (this.#holding || bytes.length < LARGE_PIECE) {
      if (held.write(bytes) || this.#holding) return;
      this.#hold();
      held.once('drain', () => this.#taken(held));
    } else {
      this.#hold();
      // The connection that broke is closed next.
      held.write(bytes, (error) => (error instanceof Error ? undefined : this.#taken(held)));
    }
  }

  /** Ends a stream with an error event. */
  failStream(type: string, message: string, requestId: string): void {
    this.end(Buffer.from(errorSseEvent(type, message, requestId)));
  }

  end(last?: Buffer): void {
    this.#timer?.clear();
    this.#followers?.end(last);
    if (last === undefined) {
      this.#response.end();
      return;
    }
    this.bytes += last.length;
    this.#response.end(last);
  }

  /** Cuts the connection: the only honest end of a document that cannot be completed. */
  destroy(): void {
    this.#followers?.destroy();
    this.#response.destroy();
  }

  #head(status: number, headers: HeaderFields): void {
    this.#headers = headers;
    this.#followers?.head(status, headers);
    if (this.#followers === undefined) this.#response.writeHead(status, headers as Record<string, string | string[]>);
    else writeHead({ response: this.#response, own: this.#own }, status, headers);
  }

  #keep(bytes: Buffer): void {
    if (this.bytes > MOST_KEPT) this.#sent = undefined;
    else this.#sent?.push(bytes);
  }

  /** Another connection sets the pace. */
  #lead({ response, own }: Follower): void {
    this.#response = response;
    this.#own = own;
    if (this.#holding) this.#go();
  }

  #hold(): void {
    this.#holding = true;
    this.#owner.hold();
  }

  /** What was written to this connection is with the system. */
  #taken(response: ServerResponse): void {
    if (response === this.#response) this.#go();
  }

  #go(): void {
    this.#holding = false;
    this.#owner.release();
  }

  #watch(response: ServerResponse): void {
    response.on('close', () => this.#closed(response));
    // The connection may break while something is written; `close` follows and says the same.
    response.on('error', () => {});
  }

  /** The answer is over for its owner when no connection waits for it any more. */
  #closed(response: ServerResponse): void {
    if (response !== this.#response) return;
    const next = response.writableFinished ? undefined : this.#followers?.take();
    if (next !== undefined) return this.#lead(next);
    this.#timer?.clear();
    this.#owner.closed();
  }

  #armPing(ms: number): void {
    this.#timer = this.#clock.setTimeout(() => {
      const silent = this.#clock.monotonic() - this.#lastWrite;
      if (silent >= PING_AFTER && !this.#holding) this.ping();
      this.#armPing(silent >= PING_AFTER ? PING_AFTER : PING_AFTER - silent);
    }, ms);
  }
}
