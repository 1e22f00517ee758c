/**
 * An attempt as it is opened: id, request id, attempt, started at (ms since the epoch), route, target, provider, model,
 * upstream model, principal, session id, agent id, request class, stream (0 or 1), bytes in, estimated tokens.
 */
export type OpenEntry = readonly [
  id: string,
  requestId: string,
  attempt: number,
  startedAt: number,
  route: string,
  target: string,
  provider: string,
  model: string,
  upstreamModel: string,
  principal: string,
  sessionId: string | null,
  agentId: string | null,
  requestClass: string | null,
  stream: 0 | 1,
  bytesIn: number,
  estimatedTokens: number,
];

/** How an attempt ended; null is unknown. Times in ms. */
export type CloseEntry = readonly [
  id: string,
  outcome: string,
  httpStatus: number | null,
  errorCode: string | null,
  stopReason: string | null,
  inputTokens: number | null,
  outputTokens: number | null,
  cacheReadTokens: number | null,
  cacheCreationTokens: number | null,
  firstByteMs: number | null,
  durationMs: number,
  bytesOut: number,
];

/** Entries as JSON texts (of `OpenEntry` and `CloseEntry`): they are written to a journal first and never parsed on the way. */
export interface LedgerBatch {
  readonly opens: readonly string[];
  readonly closes: readonly string[];
}

/** An attempt as it is read back. `outcome` null: still open. */
export interface StoredAttempt {
  readonly id: string;
  readonly requestId: string;
  readonly attempt: number;
  readonly startedAt: number;
  readonly route: string;
  readonly target: string;
  readonly provider: string;
  readonly model: string;
  readonly upstreamModel: string;
  readonly principal: string;
  readonly sessionId: string | null;
  readonly agentId: string | null;
  readonly requestClass: string | null;
  readonly stream: number;
  readonly bytesIn: number;
  readonly estimatedTokens: number;
  readonly outcome: string | null;
  readonly httpStatus: number | null;
  readonly errorCode: string | null;
  readonly stopReason: string | null;
  readonly inputTokens: number | null;
  readonly outputTokens: number | null;
  readonly cacheReadTokens: number | null;
  readonly cacheCreationTokens: number | null;
  readonly firstByteMs: number | null;
  readonly durationMs: number | null;
  readonly bytesOut: number | null;
}

/** Sums over every attempt ever stored, pruned ones included. */
export interface StoredTotals {
  readonly attempts: number;
  readonly open: number;
  readonly inputTokens: number;
  readonly outputTokens: number;
}

/** The rows of attempts. Every operation may fail with the coded errors of `DatabaseWorker`. */
export interface LedgerTable {
  /**
   * Stores the opens, then the closes, all or nothing. Idempotent by id: an id that exists is not opened again, and only an
   * open attempt is closed, so that the same batch applied twice changes nothing.
   */
  apply(batch: LedgerBatch): Promise<void>;
  /** Closes every open attempt as `lost`; returns how many. */
  markLost(): Promise<number>;
  totals(): Promise<StoredTotals>;
  /** Newest first, in the order they were opened. */
  recent(limit: number): Promise<StoredAttempt[]>;
  /** Removes the oldest closed attempts beyond the newest `keep`; the totals stay. */
  prune(keep: number): Promise<void>;
}
