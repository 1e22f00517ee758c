import type { Frame } from '../envelope.js';
import { encodeFrame, FRAME_END, FrameDecoder } from '../frame-codec.js';
import {
  type ConnectionHandlers,
  defaultTransportLimits,
  type IpcTransport,
  type TransportConnection,
  type TransportLimits,
} from '../ipc-transport.js';

/** Frames inside one process, through the same codec and limits as on a socket, one turn later. Paths are names within this instance. */
export function createMemoryTransport(options: { readonly limits?: Partial<TransportLimits> } = {}): IpcTransport {
  const limits = { ...defaultTransportLimits, ...options.limits };
  const listeners = new Map<string, (connection: TransportConnection) => void>();
  return {
    listen: async (path, onConnection) => {
      if (listeners.has(path)) throw Object.assign(new Error(`EADDRINUSE: ${path}`), { code: 'EADDRINUSE' });
      const open = new Set<MemoryConnection>();
      listeners.set(path, (connection) => {
        open.add(connection as MemoryConnection);
        onConnection(connection);
      });
      return {
        close: async () => {
          listeners.delete(path);
          for (const connection of open) connection.close();
          await new Promise((resolve) => setImmediate(resolve));
        },
      };
    },
    connect: async (path) => {
      const accept = listeners.get(path);
      if (accept === undefined) throw Object.assign(new Error(`ENOENT: ${path}`), { code: 'ENOENT' });
      const near = new MemoryConnection(limits);
      const far = new MemoryConnection(limits, near);
      near.join(far);
      accept(far);
      return near;
    },
  };
}

class MemoryConnection implements TransportConnection {
  readonly #limits: TransportLimits;
  readonly #decoder: FrameDecoder;
  #peer: MemoryConnection | undefined;
  #handlers: ConnectionHandlers | undefined;
  #closing = false;
  closed = false;
  pendingBytes = 0;

  constructor(limits: TransportLimits, peer?: MemoryConnection) {
    this.#limits = limits;
    this.#decoder = new FrameDecoder(limits.frameBytes);
    this.#peer = peer;
  }

  join(peer: MemoryConnection): void {
    this.#peer = peer;
  }

  handle(handlers: ConnectionHandlers): void {
    this.#handlers = handlers;
    if (this.closed) handlers.onClose();
  }

  send(frame: Frame): boolean {
    if (this.#closing || this.closed) return false;
    const text = encodeFrame(frame, this.#limits.frameBytes) + FRAME_END;
    const bytes = Buffer.byteLength(text);
    if (this.pendingBytes + bytes > this.#limits.pendingBytes) {
      this.close();
      return false;
    }
    this.pendingBytes += bytes;
    setImmediate(() => {
      this.pendingBytes -= bytes;
      this.#peer?.deliver(text);
    });
    return true;
  }

  /** Takes text as a socket would: it may hold half a frame, many, or none. */
  deliver(text: string): void {
    const violation = this.#decoder.push(text, (frame) => {
      if (!this.#closing) this.#handlers?.onFrame(frame);
    });
    if (violation !== undefined && !this.#closing) this.#handlers?.onViolation(violation);
  }

  close(): void {
    if (this.#closing) return;
    this.#closing = true;
    setImmediate(() => {
      this.#end();
      this.#peer?.close();
    });
  }

  #end(): void {
    if (this.closed) return;
    this.closed = true;
    this.#handlers?.onClose();
  }
}
