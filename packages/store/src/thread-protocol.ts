/** A value SQLite takes. */
export type SqlValue = string | number | bigint | null | Uint8Array;

export type SqlRow = readonly SqlValue[];

/** One statement, run once per row of parameters. */
export type BatchStatement =
  | { readonly sql: string; readonly rows: readonly SqlRow[] }
  /** The rows as JSON text, an array of arrays: parsed in the worker, so that the event loop only hands over a string. */
  | { readonly sql: string; readonly rowsJson: string };

/** Statements applied in order in one transaction: all or nothing. */
export type Batch = readonly BatchStatement[];

export interface ThreadData {
  readonly file: string;
  readonly sync: 'normal' | 'full';
  /** It runs on the event loop: it waits for no lock, and never moves the write-ahead log into the file. */
  readonly onEventLoop?: boolean;
}

export type ThreadRequest =
  | { readonly id: number; readonly kind: 'apply'; readonly batch: Batch }
  | { readonly id: number; readonly kind: 'all'; readonly sql: string; readonly params: SqlRow }
  | { readonly id: number; readonly kind: 'checkpoint' }
  | { readonly id: number; readonly kind: 'open' }
  | { readonly id: number; readonly kind: 'close' };

export type ThreadReply =
  | { readonly id: number; readonly ok: true; readonly value: unknown }
  | { readonly id: number; readonly ok: false; readonly code: string; readonly message: string };
