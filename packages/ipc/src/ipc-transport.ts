import type { Frame } from './envelope.js';
import type { FrameViolation } from './frame-codec.js';

/** Bounds every transport keeps, in both roles. */
export interface TransportLimits {
  /** Longest frame, bytes of UTF-8 without the end mark. */
  readonly frameBytes: number;
  /** Most bytes waiting to be written on one connection; above, it is closed. */
  readonly pendingBytes: number;
  /** A frame that began must be complete within this time, ms. */
  readonly halfFrameMs: number;
  /** Connections a listener keeps open; further ones are closed at once. */
  readonly maxConnections: number;
  /** How long `close` waits for the peer to take what is pending, ms. */
  readonly closeGraceMs: number;
}

export const defaultTransportLimits: TransportLimits = {
  frameBytes: 1024 * 1024,
  pendingBytes: 8 * 1024 * 1024,
  halfFrameMs: 30_000,
  maxConnections: 1024,
  closeGraceMs: 500,
};

/** What a connection tells its owner. */
export interface ConnectionHandlers {
  onFrame(frame: Frame): void;
  /** The peer broke the framing; nothing more is read. The owner may still send, and closes. */
  onViolation(violation: FrameViolation): void;
  /** Exactly once, whoever ended it. */
  onClose(): void;
}

/** One end of an established connection. */
export interface TransportConnection {
  readonly closed: boolean;
  /** Bytes handed over by `send` that the peer's kernel has not taken yet. */
  readonly pendingBytes: number;
  /** Sets who listens; to be called in the turn the connection was given out. */
  handle(handlers: ConnectionHandlers): void;
  /** False when the connection is closed or closes because too much is pending. Raises `CCP_IPC_TOO_LARGE`. */
  send(frame: Frame): boolean;
  /** Ends the connection after what is pending was sent, at the latest after `closeGraceMs`. Incoming frames are dropped from now on. */
  close(): void;
}

export interface TransportListener {
  /** Stops accepting, closes every connection, and resolves when all are gone. */
  close(): Promise<void>;
}

/** How frames travel. `@ccproxy/ipc` speaks to nothing else, so that a carrier can be exchanged without touching the protocol. */
export interface IpcTransport {
  /** Binds `path` (a socket file that must not exist, or a Windows pipe name). Rejects with the system's error. */
  listen(path: string, onConnection: (connection: TransportConnection) => void): Promise<TransportListener>;
  /** Rejects with the system's error (`ENOENT`, `ECONNREFUSED`, …) or `CCP_IPC_TIMEOUT`. */
  connect(path: string, timeoutMs: number): Promise<TransportConnection>;
}
