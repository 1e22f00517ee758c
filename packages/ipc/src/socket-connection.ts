import type { Socket } from 'node:net';
import type { Frame } from './envelope.js';
import type { FrameViolation } from './frame-codec.js';
import type { ConnectionHandlers, TransportConnection } from './ipc-transport.js';

/** The part of a connection that is the same whoever reads and writes the socket. */
export class SocketConnection implements TransportConnection {
  readonly #socket: Socket;
  readonly #write: (frame: Frame) => boolean;
  readonly #closeGraceMs: number;
  readonly #ended = Promise.withResolvers<void>();
  #handlers: ConnectionHandlers | undefined;
  #closing = false;
  #closed = false;

  /** @param write encodes and writes one frame; false when too much is pending and the socket was destroyed */
  constructor(socket: Socket, write: (frame: Frame) => boolean, closeGraceMs: number) {
    this.#socket = socket;
    this.#write = write;
    this.#closeGraceMs = closeGraceMs;
    // A reset or a broken pipe always ends in `close`, which is what counts.
    socket.on('error', () => {});
    socket.once('close', () => {
      this.#closed = true;
      this.#handlers?.onClose();
      this.#ended.resolve();
    });
  }

  /** Resolves after the handlers were told of the end. */
  get ended(): Promise<void> {
    return this.#ended.promise;
  }

  get closed(): boolean {
    return this.#closed || this.#socket.destroyed;
  }

  get pendingBytes(): number {
    return this.#socket.writableLength;
  }

  handle(handlers: ConnectionHandlers): void {
    this.#handlers = handlers;
    if (this.#closed) handlers.onClose();
  }

  receive(frame: Frame): void {
    if (!this.#closing) this.#handlers?.onFrame(frame);
  }

  violate(violation: FrameViolation): void {
    this.#socket.pause();
    if (!this.#closing) this.#handlers?.onViolation(violation);
  }

  send(frame: Frame): boolean {
    if (this.#closing || this.closed || !this.#socket.writable) return false;
    return this.#write(frame);
  }

  close(): void {
    if (this.#closing || this.#closed) return;
    this.#closing = true;
    this.#socket.end();
    setTimeout(() => this.#socket.destroy(), this.#closeGraceMs).unref();
  }
}
