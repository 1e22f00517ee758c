import { chmodSync, closeSync, openSync, statSync } from 'node:fs';
import { dirname, resolve } from 'node:path';
import { CcproxyError, type Clock, ensurePrivateDir, type Logger } from '@ccproxy/kernel';
import { errors } from './errors.js';
import { loadSqlite, type SqliteConnection, type SqliteConstructor } from './load-sqlite.js';
import { applyMigrations, type Migration } from './migration.js';
import { quarantine } from './quarantine.js';
import { toStoreError } from './sqlite-error.js';

/** `normal`: a commit survives kill -9. `full`: it survives a power failure too, at the price of an fsync per commit. */
export type SyncMode = 'normal' | 'full';

export interface OpenDatabaseOptions {
  readonly file: string;
  readonly clock: Clock;
  readonly logger: Logger;
  /** `normal` when absent. */
  readonly sync?: SyncMode;
  readonly migrations?: readonly Migration[];
}

export interface OpenedDatabase {
  readonly file: string;
  readonly sqlite: SqliteConnection;
  /** CCP_STORE_CORRUPT when the file was damaged and a fresh one has taken its place; `details.quarantined` names the old one. */
  readonly notice: CcproxyError | undefined;
  close(): void;
}

/** A database up to this size is checked completely when it is opened; a larger one is found damaged when it is used. */
const checkedBytes = 32 * 1024 * 1024;

/**
 * Opens a SQLite database for use on the event loop: WAL, `busy_timeout` 0, foreign keys on, directory 0700 and files 0600,
 * missing migrations applied. A damaged file is set aside and replaced (see `notice`). The directory is taken for ours alone.
 * CCP_STORE_LOCKED, CCP_STORE_FULL, CCP_STORE_READ_ONLY, CCP_STORE_UNAVAILABLE, CCP_STORE_NEWER, CCP_STORE_MIGRATION,
 * and those of `ensurePrivateDir`.
 */
export async function openDatabase(options: OpenDatabaseOptions): Promise<OpenedDatabase> {
  const file = resolve(options.file);
  const Sqlite = await loadSqlite();
  await ensurePrivateDir(dirname(file));
  try {
    return opened(file, openChecked(Sqlite, file, options), undefined);
  } catch (error) {
    const failure = CcproxyError.isInstance(error) ? error : toStoreError(error, file);
    if (failure.code !== 'CCP_STORE_CORRUPT') throw failure;
    return replaceDatabase(Sqlite, file, options, failure);
  }
}

/** Sets a database aside that was found damaged in use and opens a fresh one in its place. The same errors as `openDatabase`. */
export async function rebuildDatabase(options: OpenDatabaseOptions, cause: CcproxyError): Promise<OpenedDatabase> {
  return replaceDatabase(await loadSqlite(), resolve(options.file), options, cause);
}

function replaceDatabase(Sqlite: SqliteConstructor, file: string, options: OpenDatabaseOptions, cause: CcproxyError): OpenedDatabase {
  try {
    const aside = quarantine(file, options.clock.now());
    const sqlite = openChecked(Sqlite, file, options);
    const notice = errors.CCP_STORE_CORRUPT({
      message: `database ${file} was damaged; it is kept as ${aside} and a fresh one is in use`,
      where: { file: aside },
      details: { quarantined: aside },
      cause,
    });
    options.logger.error({ file, quarantined: aside, cause: cause.message }, 'damaged database replaced by a fresh one');
    return opened(file, sqlite, notice);
  } catch (error) {
    throw CcproxyError.isInstance(error) ? error : toStoreError(error, file);
  }
}

function opened(file: string, sqlite: SqliteConnection, notice: CcproxyError | undefined): OpenedDatabase {
  return { file, sqlite, notice, close: () => void sqlite.close() };
}

function openChecked(Sqlite: SqliteConstructor, file: string, options: OpenDatabaseOptions): SqliteConnection {
  makePrivate(file);
  const sqlite = new Sqlite(file, { timeout: 0 });
  try {
    sqlite.pragma('journal_mode = WAL');
    sqlite.pragma(`synchronous = ${options.sync === 'full' ? 'FULL' : 'NORMAL'}`);
    sqlite.pragma('foreign_keys = ON');
    sqlite.pragma('trusted_schema = OFF');
    if (statSync(file).size <= checkedBytes) check(sqlite, file);
    applyMigrations(sqlite, options.migrations ?? [], options.clock.now());
    return sqlite;
  } catch (error) {
    sqlite.close();
    throw error;
  }
}

/** SQLite gives `-wal` and `-shm` the mode of the database file. */
function makePrivate(file: string): void {
  closeSync(openSync(file, 'a', 0o600));
  if (process.platform !== 'win32') chmodSync(file, 0o600);
}

function check(sqlite: SqliteConnection, file: string): void {
  const result = sqlite.pragma('quick_check(1)', { simple: true });
  if (result !== 'ok') throw errors.CCP_STORE_CORRUPT({ message: `database ${file} is damaged: ${String(result)}`, where: { file } });
}
