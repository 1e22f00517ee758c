import { lstat, mkdir, readFile, readlink, realpath, rm, stat } from 'node:fs/promises';
import path from 'node:path';
import { asCcproxyError, type CcproxyError, errnoHint, errnoOf, writeFileAtomic } from '@ccproxy/kernel';
import { errors } from './errors.js';

/** A start-up file as it was read. */
export interface RcFile {
  /** What the user names. */
  readonly path: string;
  /** What is written: behind every symbolic link. */
  readonly target: string;
  /** Undefined when it does not exist. */
  readonly text: string | undefined;
  readonly mode: number;
}

/** Reads a start-up file. Bytes that are not UTF-8 survive. @throws CCP_SHELL_RC_UNUSABLE, CCP_PERMISSION_DENIED */
export async function readRcFile(file: string): Promise<RcFile> {
  try {
    const target = await behindLinks(file);
    const stats = await stat(target).catch((error: unknown) => {
      if (errnoOf(error) === 'ENOENT') return undefined;
      throw error;
    });
    if (stats === undefined) return { path: file, target, text: undefined, mode: 0o644 };
    if (!stats.isFile()) throw errors.CCP_SHELL_RC_UNUSABLE({ message: `${file} is not a file`, where: { file } });
    return { path: file, target, text: await readFile(target, 'latin1'), mode: stats.mode & 0o777 };
  } catch (error) {
    throw failure(error, 'read', file);
  }
}

/** Writes the text (as `readRcFile` gave it) behind the links, with the mode it had. @throws CCP_PERMISSION_DENIED, CCP_DISK_FULL, … */
export async function writeRcFile(rc: RcFile, text: string): Promise<void> {
  try {
    await mkdir(path.dirname(rc.target), { recursive: true });
  } catch (error) {
    throw failure(error, 'write', rc.path);
  }
  await writeFileAtomic(rc.target, Buffer.from(text, 'latin1'), { mode: rc.mode });
}

/** Removes the file, not a link to it. */
export async function removeRcFile(rc: RcFile): Promise<void> {
  await rm(rc.target, { force: true });
}

/** Follows links by hand: the last one may dangle, and then its target is what a shell would read. */
async function behindLinks(file: string): Promise<string> {
  let at = path.resolve(file);
  for (let links = 0; links < 40; links += 1) {
    const stats = await lstat(at).catch((error: unknown) => {
      if (errnoOf(error) === 'ENOENT') return undefined;
      throw error;
    });
    if (stats?.isSymbolicLink() !== true) return stats === undefined ? at : realpath(at);
    at = path.resolve(path.dirname(at), await readlink(at));
  }
  throw errors.CCP_SHELL_RC_UNUSABLE({ message: `${file} is a chain of links without end`, where: { file } });
}

function failure(error: unknown, action: string, file: string): CcproxyError {
  return errnoHint(error, { action, file }) ?? asCcproxyError(error);
}
