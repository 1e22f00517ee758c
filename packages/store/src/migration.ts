import type { SqliteConnection } from './load-sqlite.js';
import { errors } from './errors.js';

/** One step of the layout of one owner's tables. */
export interface Migration {
  /** Who owns the tables, for example `ledger`; table names start with it. */
  readonly owner: string;
  /** 1, 2, 3 … without a gap per owner. A released step never changes. */
  readonly version: number;
  /** Statements, run inside one transaction with all the other missing steps. */
  readonly sql: string;
}

const table = `CREATE TABLE IF NOT EXISTS store_migrations (
  owner TEXT NOT NULL, version INTEGER NOT NULL, applied_at INTEGER NOT NULL, PRIMARY KEY (owner, version)
) STRICT, WITHOUT ROWID`;

/**
 * Applies the steps the database lacks, all in one transaction, and records each with the time `now` (ms since the epoch).
 * Owners found in the database but not in the list are left alone: their feature is not loaded.
 * CCP_STORE_NEWER when the database holds a later step of a listed owner, CCP_STORE_MIGRATION when a step fails or is missing.
 */
export function applyMigrations(sqlite: SqliteConnection, migrations: readonly Migration[], now: number): void {
  const owners = groupByOwner(migrations);
  if (isCurrent(sqlite, owners)) return;
  sqlite
    .transaction(() => {
      sqlite.exec(table);
      for (const [owner, steps] of owners) applyOwner(sqlite, owner, steps, now);
    })
    .immediate();
}

function groupByOwner(migrations: readonly Migration[]): Map<string, readonly Migration[]> {
  const owners = new Map<string, readonly Migration[]>();
  for (const migration of migrations) owners.set(migration.owner, [...(owners.get(migration.owner) ?? []), migration]);
  for (const [owner, steps] of owners) {
    const sorted = steps.toSorted((a, b) => a.version - b.version);
    if (sorted.some((step, index) => step.version !== index + 1)) {
      throw errors.CCP_STORE_MIGRATION({
        message: `migrations of ${owner} are ${sorted.map((step) => step.version).join(', ')} instead of 1 to ${sorted.length}`,
      });
    }
    owners.set(owner, sorted);
  }
  return owners;
}

/** True when nothing has to be written, so that an ordinary start takes no write lock. */
function isCurrent(sqlite: SqliteConnection, owners: ReadonlyMap<string, readonly Migration[]>): boolean {
  const exists = sqlite.prepare("SELECT 1 FROM sqlite_schema WHERE type = 'table' AND name = 'store_migrations'").get();
  return exists !== undefined && [...owners].every(([owner, steps]) => newestStep(sqlite, owner) === steps.length);
}

function newestStep(sqlite: SqliteConnection, owner: string): number {
  const row = sqlite
    .prepare<[string], { version: number | null }>('SELECT max(version) AS version FROM store_migrations WHERE owner = ?')
    .get(owner);
  return row?.version ?? 0;
}

function applyOwner(sqlite: SqliteConnection, owner: string, steps: readonly Migration[], now: number): void {
  const newest = newestStep(sqlite, owner);
  if (newest > steps.length) {
    throw errors.CCP_STORE_NEWER({
      message: `database ${sqlite.name} has version ${newest} of the tables of ${owner}; this ccproxy knows ${steps.length}`,
      where: { file: sqlite.name },
      details: { owner, found: newest, known: steps.length },
    });
  }
  for (const step of steps.slice(newest)) applyStep(sqlite, step, now);
}

function applyStep(sqlite: SqliteConnection, step: Migration, now: number): void {
  try {
    sqlite.exec(step.sql);
  } catch (cause) {
    // Faults of the file (full, damaged, locked) keep their own code; only a wrong statement is the migration's fault.
    if (!(cause instanceof Error && 'code' in cause && cause.code === 'SQLITE_ERROR')) throw cause;
    throw errors.CCP_STORE_MIGRATION({
      message: `migration ${step.owner} ${step.version} of ${sqlite.name} failed: ${cause.message}`,
      where: { file: sqlite.name },
      details: { owner: step.owner, version: step.version },
      cause,
    });
  }
  sqlite.prepare('INSERT INTO store_migrations (owner, version, applied_at) VALUES (?, ?, ?)').run(step.owner, step.version, now);
}
