import type { DecisionTable, StoredDecision } from './decision-table.js';

/** The decisions in memory, at most `maxRows`. */
export function memoryDecisionTable(maxRows = 10_000): DecisionTable {
  const rows = new Map<string, StoredDecision>();
  const newestFirst = (): StoredDecision[] => [...rows.values()].sort((a, b) => b.at - a.at || (a.requestId < b.requestId ? 1 : -1));
  const keepNewest = (keep: number): void => {
    for (const row of newestFirst().slice(keep)) rows.delete(row.requestId);
  };
  return {
    async put(decisions) {
      for (const decision of decisions) rows.set(decision.requestId, decision);
      if (rows.size > maxRows * 1.1) keepNewest(maxRows);
    },
    recent: async (limit, until = Infinity) =>
      newestFirst()
        .filter(({ at }) => at <= until)
        .slice(0, Math.max(limit, 0)),
    async prune({ before, keep }) {
      for (const row of rows.values()) if (row.at < before) rows.delete(row.requestId);
      keepNewest(keep);
    },
  };
}
