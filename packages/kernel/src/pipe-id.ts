import { randomBytes } from 'node:crypto';
import { link, readFile, rm } from 'node:fs/promises';
import { errnoOf } from './errno-error.js';
import { writeFileAtomic } from './write-file-atomic.js';

/**
 * The random name of this user's pipes on Windows, kept in `file` (`run/pipe`, readable by the user only): pipes live in a name space all users
 * share, and a name that can be guessed can be taken by somebody else first. Of several processes that create it at once, all get the same.
 */
export async function readOrCreatePipeId(file: string): Promise<string> {
  const fresh = randomBytes(12).toString('hex');
  const candidate = `${file}.${fresh}`;
  try {
    return await readPipeId(file);
  } catch (error) {
    if (errnoOf(error) !== 'ENOENT') throw error;
  }
  try {
    await writeFileAtomic(candidate, fresh);
    await link(candidate, file);
    return fresh;
  } catch (error) {
    if (errnoOf(error) !== 'EEXIST') throw error;
    return await readPipeId(file);
  } finally {
    await rm(candidate, { force: true });
  }
}

async function readPipeId(file: string): Promise<string> {
  return (await readFile(file, 'utf8')).trim();
}
