import { dirname, resolve } from 'node:path';
import { ensurePrivateDir } from '@ccproxy/kernel';
import { loadSqlite } from './load-sqlite.js';
import { toStoreError } from './sqlite-error.js';

export interface ExclusiveLock {
  release(): void;
}

/**
 * Holds `file` for this process alone until released. The lock is the operating system's, taken through an empty SQLite
 * database, so that it ends with the process however that dies, and needs no pid and no clean-up.
 * CCP_STORE_LOCKED when somebody else has it; CCP_STORE_READ_ONLY, CCP_STORE_UNAVAILABLE,
 * and the errors of `ensurePrivateDir`.
 */
export async function holdExclusiveLock(file: string): Promise<ExclusiveLock> {
  const path = resolve(file);
  const Sqlite = await loadSqlite();
  await ensurePrivateDir(dirname(path));
  try {
    const connection = new Sqlite(path, { timeout: 0 });
    try {
      connection.exec('BEGIN EXCLUSIVE');
    } catch (error) {
      connection.close();
      throw error;
    }
    return { release: () => void connection.close() };
  } catch (error) {
    throw toStoreError(error, path);
  }
}
