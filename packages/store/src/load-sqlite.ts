import type BetterSqlite3 from 'better-sqlite3';
import { errors } from './errors.js';

/** An open SQLite connection. */
export type SqliteConnection = BetterSqlite3.Database;

/** Opens a connection; `new (await loadSqlite())(file)`. */
export type SqliteConstructor = typeof BetterSqlite3;

/** Loads better-sqlite3 (3.5 ms, measured) on first use, so that importing this package costs nothing. CCP_STORE_UNAVAILABLE. */
export async function loadSqlite(): Promise<SqliteConstructor> {
  try {
    return (await import('better-sqlite3')).default;
  } catch (cause) {
    throw errors.CCP_STORE_UNAVAILABLE({
      message: `better-sqlite3 could not be loaded on ${process.platform}-${process.arch}: ${cause instanceof Error ? cause.message : String(cause)}`,
      hint: 'Reinstall ccproxy with the Node version that runs it.',
      cause,
    });
  }
}
