import { lstat, readFile } from 'node:fs/promises';
import type { AppPaths } from '@ccproxy/kernel';

/** The content of `run/token`; undefined when there is none. */
export async function readToken(paths: AppPaths): Promise<string | undefined> {
  const token = (await readOwnFile(paths.tokenFile))?.trim();
  return token === '' ? undefined : token;
}

/**
 * The text of a regular file of our own; undefined when there is none, also when a link or another user's file is in its place.
 * @throws CCP_PERMISSION_DENIED, CCP_TOO_MANY_FILES
 */
export async function readOwnFile(file: string): Promise<string | undefined> {
  try {
    const stats = await lstat(file);
    const uid = process.getuid?.();
    if (!stats.isFile() || (uid !== undefined && stats.uid !== uid)) return undefined;
    return await readFile(file, 'utf8');
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException;
    if (code === 'ENOENT' || code === 'ENOTDIR') return undefined;
    // Loaded only now: a program that connects at once does without the whole kernel.
    const { errnoHint } = await import('@ccproxy/kernel');
    throw errnoHint(error, { action: 'read', file }) ?? error;
  }
}
