import type { Stats } from 'node:fs';
import { chmod, lstat, mkdir } from 'node:fs/promises';
import type { CcproxyError } from './ccproxy-error.js';
import { asCcproxyError } from './as-ccproxy-error.js';
import { errnoHint, errnoOf } from './errno-error.js';
import { errors } from './errors.js';

/**
 * Makes sure `dir` is a real directory of our own that nobody else can enter: created with its parents as 0700, tightened to 0700 when it
 * is ours and open, refused when it is a link, not a directory, or somebody else's (facts of the OS: a 0700 directory is what keeps other
 * users from a socket, whatever the socket's own mode). On Windows only its existence is checked: access follows the user profile's ACL.
 * @throws CCP_DIR_UNSAFE, CCP_DISK_FULL, CCP_PERMISSION_DENIED, CCP_READ_ONLY, CCP_PATH_MISSING
 */
export async function ensurePrivateDir(dir: string, options: { readonly uid?: number } = {}): Promise<void> {
  const uid = options.uid ?? process.getuid?.();
  const stats = await createAndStat(dir);
  if (stats.isSymbolicLink()) throw unsafe(dir, 'it is a symbolic link');
  if (!stats.isDirectory()) throw unsafe(dir, 'it is not a directory');
  if (uid === undefined) return;
  if (stats.uid !== uid) throw unsafe(dir, `it belongs to user ${stats.uid}, not to user ${uid}`);
  if ((stats.mode & 0o077) !== 0) await attempt(dir, () => chmod(dir, 0o700));
}

async function createAndStat(dir: string): Promise<Stats> {
  return attempt(dir, async () => {
    try {
      await mkdir(dir, { recursive: true, mode: 0o700 });
    } catch (error) {
      // A file or a dangling link at the place: lstat tells which, for a better message.
      if (errnoOf(error) !== 'EEXIST' && errnoOf(error) !== 'ENOENT') throw error;
    }
    return lstat(dir);
  });
}

async function attempt<T>(dir: string, action: () => Promise<T>): Promise<T> {
  try {
    return await action();
  } catch (error) {
    throw errnoHint(error, { action: 'prepare the directory', file: dir }) ?? asCcproxyError(error);
  }
}

function unsafe(dir: string, reason: string): CcproxyError {
  return errors.CCP_DIR_UNSAFE({ message: `the directory ${dir} cannot hold private files: ${reason}`, where: { file: dir } });
}
