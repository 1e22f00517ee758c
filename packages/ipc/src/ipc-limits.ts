/** Bounds a server keeps towards each client. */
export interface IpcLimits {
  /** Time for the hello after connecting, ms. */
  readonly helloMs: number;
  /** Wrong tokens per second, over all connections, before no hello is looked at. */
  readonly wrongTokensPerSecond: number;
  /** Time a handler has to answer, ms, where its method does not say otherwise. */
  readonly callMs: number;
  /** A connection without a frame for this long is closed, ms; one that holds a lease never is. */
  readonly idleMs: number;
  /** Bytes waiting for a client above which stream events for it are dropped and counted. */
  readonly streamBytes: number;
  /** Calls without an answer on one connection. */
  readonly calls: number;
  /** Open streams on one connection. */
  readonly streams: number;
}

export const defaultIpcLimits: IpcLimits = {
  helloMs: 2000,
  wrongTokensPerSecond: 5,
  callMs: 30_000,
  idleMs: 600_000,
  streamBytes: 1024 * 1024,
  calls: 256,
  streams: 32,
};
