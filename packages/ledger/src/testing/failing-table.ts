import { createMemoryStore, type LedgerTable } from '@ccproxy/store';
import type { Clock } from '@ccproxy/kernel';

/** A database in memory that fails while told to, and counts what it is asked. */
export interface FailingTable {
  readonly ledger: LedgerTable;
  failing: boolean;
  /** Batches asked for, failed ones included. */
  applied: number;
}

/** Makes one; the failure is the error given. */
export function createFailingTable(clock: Clock, failure = new Error('the database fails')): FailingTable {
  const { ledger } = createMemoryStore({ clock });
  const attempt = <T>(action: () => Promise<T>): Promise<T> => (table.failing ? Promise.reject(failure) : action());
  const table: FailingTable = {
    failing: false,
    applied: 0,
    ledger: {
      apply(batch) {
        table.applied += 1;
        return attempt(() => ledger.apply(batch));
      },
      markLost: () => attempt(() => ledger.markLost()),
      totals: () => attempt(() => ledger.totals()),
      recent: (limit) => attempt(() => ledger.recent(limit)),
      prune: (keep) => attempt(() => ledger.prune(keep)),
    },
  };
  return table;
}
