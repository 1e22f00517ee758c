import { readdir, rm, stat } from 'node:fs/promises';
import path from 'node:path';
import { errnoOf } from './errno-error.js';

/** What `writeFileAtomic` names the file it writes before the rename. */
const temporary = /^\..+\.[0-9a-f]{12}\.tmp$/u;

/**
 * Removes what writers left in a directory that were killed before their rename. A file younger than `olderThanMs` may still be written and
 * stays; 0 where the caller knows that nobody writes. A directory that is missing holds none.
 */
export async function removeTemporaries(dir: string, options: { readonly olderThanMs: number; readonly now: number }): Promise<void> {
  for (const name of await namesIn(dir)) {
    if (!temporary.test(name)) continue;
    const file = path.join(dir, name);
    const modified = await stat(file).then(
      ({ mtimeMs }) => mtimeMs,
      () => Infinity,
    );
    if (options.olderThanMs === 0 || options.now - modified > options.olderThanMs) await rm(file, { force: true });
  }
}

async function namesIn(dir: string): Promise<string[]> {
  try {
    return await readdir(dir);
  } catch (error) {
    if (errnoOf(error) === 'ENOENT') return [];
    throw error;
  }
}
