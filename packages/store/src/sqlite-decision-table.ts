import type { DatabaseWorker } from './database-worker.js';
import type { DecisionTable, StoredDecision } from './decision-table.js';
import type { Migration } from './migration.js';

export const decisionMigrations: readonly Migration[] = [
  {
    owner: 'decisions',
    version: 1,
    sql: `
CREATE TABLE decisions_log (request_id TEXT PRIMARY KEY, at INTEGER, route TEXT, json TEXT) WITHOUT ROWID;
CREATE INDEX decisions_log_at ON decisions_log (at);`,
  },
];

const upsert = 'INSERT OR REPLACE INTO decisions_log (request_id, at, route, json) VALUES (?, ?, ?, ?)';
const select = 'SELECT request_id AS requestId, at, route, json FROM decisions_log ORDER BY at DESC, request_id DESC LIMIT ?';
const selectUntil =
  'SELECT request_id AS requestId, at, route, json FROM decisions_log WHERE at <= ? ORDER BY at DESC, request_id DESC LIMIT ?';
const pruneOld = 'DELETE FROM decisions_log WHERE at < ?';
const pruneMany = `DELETE FROM decisions_log WHERE request_id IN (
  SELECT request_id FROM decisions_log ORDER BY at DESC, request_id DESC LIMIT -1 OFFSET ?)`;

/** The decisions in SQLite; the database must hold `decisionMigrations`. */
export function sqliteDecisionTable(database: DatabaseWorker): DecisionTable {
  return {
    async put(decisions) {
      if (decisions.length === 0) return;
      const rows = decisions.map((decision) => [decision.requestId, decision.at, decision.route, decision.json]);
      await database.apply([{ sql: upsert, rows }]);
    },
    async recent(limit, until) {
      const count = Math.max(limit, 0);
      const rows = until === undefined ? database.all(select, [count]) : database.all(selectUntil, [until, count]);
      return (await rows) as StoredDecision[];
    },
    async prune({ before, keep }) {
      await database.apply(
        [
          { sql: pruneOld, rows: [[before]] },
          { sql: pruneMany, rows: [[keep]] },
        ],
        { long: true },
      );
    },
  };
}
