import { type CcproxyError, errnoOf, type ErrorOptions } from '@ccproxy/kernel';
import { errors } from './errors.js';

type Raise = (options: ErrorOptions) => CcproxyError;

/** SQLite result codes (sqlite.org/rescode.html) and errno names by the first part that matches; order matters. */
const causes: readonly (readonly [prefix: string, raise: Raise, what: string])[] = [
  ['SQLITE_BUSY', errors.CCP_STORE_LOCKED, 'is locked by another process'],
  ['SQLITE_LOCKED', errors.CCP_STORE_LOCKED, 'is locked'],
  ['SQLITE_CORRUPT', errors.CCP_STORE_CORRUPT, 'is damaged'],
  ['SQLITE_NOTADB', errors.CCP_STORE_CORRUPT, 'is not a SQLite database'],
  ['SQLITE_FULL', errors.CCP_STORE_FULL, 'cannot grow: no space left'],
  ['ENOSPC', errors.CCP_STORE_FULL, 'cannot grow: no space left'],
  ['EDQUOT', errors.CCP_STORE_FULL, 'cannot grow: the disk quota is used up'],
  ['EFBIG', errors.CCP_STORE_FULL, 'cannot grow: the file size limit is reached'],
  ['SQLITE_READONLY', errors.CCP_STORE_READ_ONLY, 'is read-only'],
  ['SQLITE_PERM', errors.CCP_STORE_READ_ONLY, 'cannot be accessed'],
  ['SQLITE_AUTH', errors.CCP_STORE_READ_ONLY, 'cannot be accessed'],
  ['EACCES', errors.CCP_STORE_READ_ONLY, 'cannot be accessed'],
  ['EPERM', errors.CCP_STORE_READ_ONLY, 'cannot be accessed'],
  ['EROFS', errors.CCP_STORE_READ_ONLY, 'is on a read-only file system'],
];

/**
 * The coded error of a failure with a database file: CCP_STORE_LOCKED, _CORRUPT, _FULL, _READ_ONLY, else _UNAVAILABLE.
 * `cause` needs a SQLite result code (`SQLITE_…`) or an errno name in `code`.
 */
export function toStoreError(cause: unknown, file: string): CcproxyError {
  const code = errnoOf(cause) ?? '';
  const text = cause instanceof Error ? cause.message : String(cause);
  const known = causes.find(([prefix]) => code.startsWith(prefix));
  const raise = known?.[1] ?? errors.CCP_STORE_UNAVAILABLE;
  const what = known?.[2] ?? 'is not available';
  const reason = known === undefined ? [code, text].filter(Boolean).join(': ') : code;
  return raise({ message: `database ${file} ${what} (${reason})`, where: { file }, details: { cause: code, text }, cause });
}
