/** What is known before the upstream is contacted. Features only: never a prompt, a header value or a credential. */
export interface LedgerOpen {
  /** Unique per attempt. */
  readonly id: string;
  readonly requestId: string;
  /** 1 for the first attempt of a request. */
  readonly attempt: number;
  /** ms since the epoch */
  readonly startedAt: number;
  readonly route: string;
  readonly target: string;
  readonly provider: string;
  /** Model the client asked for, and the one sent. */
  readonly model: string;
  readonly upstreamModel: string;
  readonly principal: string;
  readonly sessionId: string | undefined;
  readonly agentId: string | undefined;
  readonly requestClass: string | undefined;
  readonly stream: boolean;
  readonly bytesIn: number;
  readonly estimatedTokens: number;
}

/** Token counts as the provider reported them; absent ones are unknown, not zero. */
export interface LedgerUsage {
  readonly inputTokens?: number;
  readonly outputTokens?: number;
  readonly cacheReadTokens?: number;
  readonly cacheCreationTokens?: number;
}

export type LedgerOutcome = 'ok' | 'error' | 'aborted' | 'partial' | 'lost';

/** What is known when an attempt ends. */
export interface LedgerClose {
  readonly outcome: LedgerOutcome;
  readonly httpStatus: number | undefined;
  readonly errorCode: string | undefined;
  readonly stopReason: string | undefined;
  readonly usage: LedgerUsage;
  /** ms from the start of the attempt; undefined when nothing came. */
  readonly firstByteMs: number | undefined;
  readonly durationMs: number;
  readonly bytesOut: number;
}

/** A row as it is read back; `outcome` undefined: still open. A row found open at start is closed as `lost`. */
export type LedgerRow = LedgerOpen & Partial<LedgerClose>;

export interface LedgerTotals {
  readonly attempts: number;
  readonly open: number;
  readonly inputTokens: number;
  readonly outputTokens: number;
}

/** One row per attempt. `written` is called when a kill -9 can no longer lose the entry. */
export interface Ledger {
  open(row: LedgerOpen, written: () => void): void;
  close(id: string, row: LedgerClose, written: () => void): void;
  /** Newest first; includes what is not in the database yet. */
  recent(limit: number): Promise<LedgerRow[]>;
  totals(): LedgerTotals;
  /** Everything accepted so far is in the database afterwards. */
  flush(): Promise<void>;
  stop(): Promise<void>;
}
