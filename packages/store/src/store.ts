import type { DatabaseHealth } from './database-worker.js';
import type { DecisionTable } from './decision-table.js';
import type { KeyValue } from './key-value.js';
import type { LedgerTable } from './ledger-table.js';

/** Where the daemon keeps what it knows. */
export interface Store {
  readonly ledger: LedgerTable;
  readonly decisions: DecisionTable;
  /** The entries of one owner; the same name gives the same entries. */
  keyValue(namespace: string): KeyValue;
  health(): DatabaseHealth;
  /** Finishes what waits, then closes. */
  close(): Promise<void>;
}
