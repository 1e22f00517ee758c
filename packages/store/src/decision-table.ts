/** A routing decision as it is stored: what it was about, and the rest as JSON text. */
export interface StoredDecision {
  readonly requestId: string;
  /** ms since the epoch */
  readonly at: number;
  readonly route: string;
  readonly json: string;
}

/** The newest routing decisions. Every operation may fail with the coded errors of `DatabaseWorker`. */
export interface DecisionTable {
  /** Stores decisions; one with a known request id takes the place of the older one. */
  put(decisions: readonly StoredDecision[]): Promise<void>;
  /** Newest first by `at`; none after `until` (ms since the epoch) when that is given. */
  recent(limit: number, until?: number): Promise<StoredDecision[]>;
  /** Removes decisions older than `before` (ms since the epoch) and all but the newest `keep`. */
  prune(limits: { readonly before: number; readonly keep: number }): Promise<void>;
}
