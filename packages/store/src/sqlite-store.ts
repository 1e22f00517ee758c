import { type DatabaseWorker, openDatabaseWorker, type OpenDatabaseWorkerOptions } from './database-worker.js';
import { decisionMigrations, sqliteDecisionTable } from './sqlite-decision-table.js';
import { keyValueMigrations, sqliteKeyValue } from './sqlite-key-value.js';
import { ledgerMigrations, sqliteLedgerTable } from './sqlite-ledger-table.js';
import type { Store } from './store.js';

export interface SqliteStore extends Store {
  /** For owners of further tables, whose migrations were given to `openSqliteStore`. */
  readonly database: DatabaseWorker;
}

/** A dozen attempts: what comes together in a second of ordinary use. */
const smallBatch = 16 * 1024;

/**
 * Opens the store in one SQLite file, written by a worker thread while there is much to write, and on the event loop otherwise. `migrations` are those of further owners.
 * Fails like `openDatabaseWorker`.
 */
export async function openSqliteStore(options: OpenDatabaseWorkerOptions): Promise<SqliteStore> {
  const migrations = [...ledgerMigrations, ...decisionMigrations, ...keyValueMigrations, ...(options.migrations ?? [])];
  const database = await openDatabaseWorker({ smallBatch, ...options, migrations });
  return {
    database,
    ledger: sqliteLedgerTable(database),
    decisions: sqliteDecisionTable(database),
    keyValue: (namespace) => sqliteKeyValue(database, options.clock, namespace),
    health: () => database.health(),
    close: () => database.close(),
  };
}
