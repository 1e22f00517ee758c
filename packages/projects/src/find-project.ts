import { lstat, stat } from 'node:fs/promises';
import path from 'node:path';
import { errnoOf } from '@ccproxy/kernel';
import { projectFileName } from './project-file.js';

export interface FindProjectOptions {
  /** Absolute. */
  readonly from: string;
  /** The search does not leave it when it begins inside. */
  readonly home: string | undefined;
  readonly uid: number | undefined;
}

/**
 * The nearest directory above (or at) `from` with a project file of the user's own; undefined when there is none. The same rule as in the
 * shell hooks: a file somebody else put into a shared parent is passed over.
 */
export async function findProject({ from, home, uid }: FindProjectOptions): Promise<string | undefined> {
  for (let directory = from; ; directory = path.dirname(directory)) {
    if (await hasProjectFile(directory, uid)) return directory;
    if (directory === home || path.dirname(directory) === directory) return undefined;
  }
}

async function hasProjectFile(directory: string, uid: number | undefined): Promise<boolean> {
  const stats = await ifThere(() => stat(path.join(directory, projectFileName)));
  return stats?.isFile() === true && (uid === undefined || stats.uid === uid);
}

/** The working directory as the user's shell names it, when `PWD` still is that directory; links in it are kept. */
export async function logicalDirectory(cwd: string, pwd: string | undefined): Promise<string> {
  if (pwd === undefined || !path.isAbsolute(pwd) || path.normalize(pwd) !== pwd || pwd === cwd) return cwd;
  const [named, actual] = await Promise.all([ifThere(() => stat(pwd)), ifThere(() => lstat(cwd))]);
  return named !== undefined && named.ino === actual?.ino && named.dev === actual.dev ? pwd : cwd;
}

async function ifThere<T>(look: () => Promise<T>): Promise<T | undefined> {
  try {
    return await look();
  } catch (error) {
    const code = errnoOf(error);
    if (code === 'ENOENT' || code === 'ENOTDIR' || code === 'EACCES' || code === 'ELOOP') return undefined;
    throw error;
  }
}
