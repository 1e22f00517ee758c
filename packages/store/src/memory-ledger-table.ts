import type { CloseEntry, LedgerTable, OpenEntry, StoredAttempt, StoredTotals } from './ledger-table.js';
import { closeAttempt, openAttempt } from './stored-attempt.js';

/** The attempts in memory, for a gateway that keeps no history and for tests; the oldest closed ones go beyond `maxRows`. */
export function memoryLedgerTable(maxRows = 10_000): LedgerTable {
  const rows = new Map<string, StoredAttempt>();
  let totals: StoredTotals = { attempts: 0, open: 0, inputTokens: 0, outputTokens: 0 };

  const close = (row: StoredAttempt, closed: StoredAttempt): void => {
    rows.set(row.id, closed);
    totals = {
      ...totals,
      open: totals.open - 1,
      inputTokens: totals.inputTokens + (closed.inputTokens ?? 0),
      outputTokens: totals.outputTokens + (closed.outputTokens ?? 0),
    };
  };

  const applyOpen = (entry: OpenEntry): void => {
    if (rows.has(entry[0])) return;
    rows.set(entry[0], openAttempt(entry));
    totals = { ...totals, attempts: totals.attempts + 1, open: totals.open + 1 };
  };

  const applyClose = (entry: CloseEntry): void => {
    const row = rows.get(entry[0]);
    if (row !== undefined && row.outcome === null) close(row, closeAttempt(row, entry));
  };

  const prune = (keep: number): void => {
    const old = [...rows.values()].slice(0, Math.max(0, rows.size - keep));
    for (const row of old) if (row.outcome !== null) rows.delete(row.id);
  };

  return {
    async apply(batch) {
      // Parsed first: a bad entry must leave nothing behind.
      const opens = batch.opens.map((text) => JSON.parse(text) as OpenEntry);
      const closes = batch.closes.map((text) => JSON.parse(text) as CloseEntry);
      opens.forEach(applyOpen);
      closes.forEach(applyClose);
      if (rows.size > maxRows * 1.1) prune(maxRows);
    },
    async markLost() {
      const open = [...rows.values()].filter((row) => row.outcome === null);
      for (const row of open) close(row, { ...row, outcome: 'lost' });
      return open.length;
    },
    totals: async () => totals,
    recent: async (limit) => (limit > 0 ? [...rows.values()].slice(-limit).toReversed() : []),
    prune: async (keep) => prune(keep),
  };
}
