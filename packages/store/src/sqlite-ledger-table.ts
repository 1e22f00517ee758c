import type { DatabaseWorker } from './database-worker.js';
import type { LedgerBatch, LedgerTable, StoredAttempt, StoredTotals } from './ledger-table.js';
import { joinEntries } from './join-entries.js';
import type { Migration } from './migration.js';
import type { BatchStatement } from './thread-protocol.js';

/**
 * No column refuses a value and no row can fail alone, because one refused row would hold up its whole batch.
 * The totals are kept by triggers in the same transaction: exact after any crash, and read at start without a scan.
 */
export const ledgerMigrations: readonly Migration[] = [
  {
    owner: 'ledger',
    version: 1,
    sql: `
CREATE TABLE ledger_attempts (
  seq INTEGER PRIMARY KEY,
  id TEXT UNIQUE, request_id TEXT, attempt INTEGER, started_at INTEGER, route TEXT, target TEXT, provider TEXT, model TEXT,
  upstream_model TEXT, principal TEXT, session_id TEXT, agent_id TEXT, request_class TEXT, stream INTEGER, bytes_in INTEGER,
  estimated_tokens INTEGER, outcome TEXT, http_status INTEGER, error_code TEXT, stop_reason TEXT, input_tokens INTEGER,
  output_tokens INTEGER, cache_read_tokens INTEGER, cache_creation_tokens INTEGER, first_byte_ms REAL, duration_ms REAL,
  bytes_out INTEGER
);
CREATE INDEX ledger_attempts_started ON ledger_attempts (started_at);
CREATE INDEX ledger_attempts_open ON ledger_attempts (seq) WHERE outcome IS NULL;
CREATE TABLE ledger_totals (
  one INTEGER PRIMARY KEY CHECK (one = 1),
  attempts INTEGER NOT NULL, open INTEGER NOT NULL, input_tokens INTEGER NOT NULL, output_tokens INTEGER NOT NULL
);
INSERT INTO ledger_totals VALUES (1, 0, 0, 0, 0);
CREATE TRIGGER ledger_opened AFTER INSERT ON ledger_attempts BEGIN
  UPDATE ledger_totals SET attempts = attempts + 1, open = open + 1;
END;
CREATE TRIGGER ledger_closed AFTER UPDATE OF outcome ON ledger_attempts WHEN OLD.outcome IS NULL AND NEW.outcome IS NOT NULL BEGIN
  UPDATE ledger_totals SET open = open - 1,
    input_tokens = input_tokens + coalesce(NEW.input_tokens, 0), output_tokens = output_tokens + coalesce(NEW.output_tokens, 0);
END;`,
  },
  {
    owner: 'ledger',
    version: 2,
    sql: `
DROP TRIGGER ledger_opened;
CREATE TRIGGER ledger_opened AFTER INSERT ON ledger_attempts BEGIN
  UPDATE ledger_totals SET attempts = attempts + 1, open = open + (NEW.outcome IS NULL),
    input_tokens = input_tokens + coalesce(NEW.input_tokens, 0), output_tokens = output_tokens + coalesce(NEW.output_tokens, 0);
END;`,
  },
];

const opened = `id, request_id, attempt, started_at, route, target, provider, model,
  upstream_model, principal, session_id, agent_id, request_class, stream, bytes_in, estimated_tokens`;
const closed = `outcome http_status error_code stop_reason input_tokens output_tokens cache_read_tokens cache_creation_tokens
  first_byte_ms duration_ms bytes_out`.split(/\s+/);
const values = (count: number): string => Array.from({ length: count }, () => '?').join(', ');

// better-sqlite3 binds by position only, and the id comes first in an entry.
const update = `UPDATE ledger_attempts SET ${closed.map((name) => `${name} = c.${name}`).join(', ')}
  FROM (SELECT ? AS id, ${closed.map((name) => `? AS ${name}`).join(', ')}) AS c
  WHERE ledger_attempts.id = c.id AND ledger_attempts.outcome IS NULL`;

// An attempt that is there and open takes how it ended; one that is there and closed takes nothing.
const insert = `INSERT INTO ledger_attempts (${opened}, ${closed.join(', ')}) VALUES (${values(16 + closed.length)})
  ON CONFLICT (id) DO UPDATE SET ${closed.map((name) => `${name} = excluded.${name}`).join(', ')} WHERE ledger_attempts.outcome IS NULL`;

const select = `SELECT id, request_id AS requestId, attempt, started_at AS startedAt, route, target, provider, model,
  upstream_model AS upstreamModel, principal, session_id AS sessionId, agent_id AS agentId, request_class AS requestClass, stream,
  bytes_in AS bytesIn, estimated_tokens AS estimatedTokens, outcome, http_status AS httpStatus, error_code AS errorCode,
  stop_reason AS stopReason, input_tokens AS inputTokens, output_tokens AS outputTokens, cache_read_tokens AS cacheReadTokens,
  cache_creation_tokens AS cacheCreationTokens, first_byte_ms AS firstByteMs, duration_ms AS durationMs, bytes_out AS bytesOut
  FROM ledger_attempts ORDER BY seq DESC LIMIT ?`;

const prune = `DELETE FROM ledger_attempts WHERE outcome IS NOT NULL AND seq <= (
  SELECT seq FROM ledger_attempts ORDER BY seq DESC LIMIT 1 OFFSET ?)`;

/** The attempts in SQLite; the database must hold `ledgerMigrations`. */
export function sqliteLedgerTable(database: DatabaseWorker): LedgerTable {
  return {
    async apply(batch: LedgerBatch) {
      const { attempts, closes } = joinEntries(batch, closed.length);
      const statements: BatchStatement[] = [];
      if (attempts.length > 0) statements.push({ sql: insert, rowsJson: `[${attempts.join(',')}]` });
      if (closes.length > 0) statements.push({ sql: update, rowsJson: `[${closes.join(',')}]` });
      if (statements.length > 0) await database.apply(statements);
    },
    markLost: () => database.apply([{ sql: "UPDATE ledger_attempts SET outcome = 'lost' WHERE outcome IS NULL", rows: [[]] }]),
    async totals() {
      const row = await database.first(
        'SELECT attempts, open, input_tokens AS inputTokens, output_tokens AS outputTokens FROM ledger_totals',
      );
      return (row as StoredTotals | undefined) ?? { attempts: 0, open: 0, inputTokens: 0, outputTokens: 0 };
    },
    recent: async (limit) => (await database.all(select, [limit])) as StoredAttempt[],
    async prune(keep) {
      await database.apply([{ sql: prune, rows: [[keep]] }], { long: true });
    },
  };
}
