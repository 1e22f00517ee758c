import type { Clock } from '@ccproxy/kernel';
import type { DatabaseWorker } from './database-worker.js';
import { checkEntry, type KeyValue, type KeyValueEntry } from './key-value.js';
import type { Migration } from './migration.js';

export const keyValueMigrations: readonly Migration[] = [
  {
    owner: 'key-value',
    version: 1,
    sql: `
CREATE TABLE key_value (
  namespace TEXT, key TEXT, value TEXT NOT NULL, expires_at INTEGER, PRIMARY KEY (namespace, key)
) STRICT, WITHOUT ROWID;
CREATE INDEX key_value_expires ON key_value (expires_at) WHERE expires_at IS NOT NULL;`,
  },
];

const set = 'INSERT OR REPLACE INTO key_value (namespace, key, value, expires_at) VALUES (?, ?, ?, ?)';
const purge = 'DELETE FROM key_value WHERE expires_at <= ?';
const get = 'SELECT key, value FROM key_value WHERE namespace = ? AND key = ? AND (expires_at IS NULL OR expires_at > ?)';
const list = `SELECT key, value FROM key_value WHERE namespace = ? AND key >= ? AND substr(key, 1, length(?)) = ?
  AND (expires_at IS NULL OR expires_at > ?) ORDER BY key LIMIT ?`;

/** One namespace in SQLite; the database must hold `keyValueMigrations`. Expired entries are removed by the next `set`. */
export function sqliteKeyValue(database: DatabaseWorker, clock: Clock, namespace: string): KeyValue {
  return {
    async get(key) {
      const row = await database.first(get, [namespace, key, clock.now()]);
      return (row as KeyValueEntry | undefined)?.value;
    },
    async set(key, value, options) {
      checkEntry(namespace, key, value);
      const now = clock.now();
      const expiresAt = options?.ttlMs === undefined ? null : Math.ceil(now + options.ttlMs);
      await database.apply([
        { sql: purge, rows: [[now]] },
        { sql: set, rows: [[namespace, key, value, expiresAt]] },
      ]);
    },
    async delete(key) {
      await database.apply([{ sql: 'DELETE FROM key_value WHERE namespace = ? AND key = ?', rows: [[namespace, key]] }]);
    },
    async list(prefix, limit) {
      return (await database.all(list, [namespace, prefix, prefix, prefix, clock.now(), Math.max(limit, 0)])) as KeyValueEntry[];
    },
  };
}
