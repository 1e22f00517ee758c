import type { Stats } from 'node:fs';
import { chmod, lstat, readdir } from 'node:fs/promises';
import { join } from 'node:path';
import { type AppPaths, errnoOf } from '@ccproxy/kernel';
import { type Finding, ok, problem } from './finding.js';

/** Looked at below `env` and `shell` at most; a tree that large is its own problem. */
const mostFiles = 5000;

/**
 * The state directory and what must be private in it: owner and modes. On Windows access follows the user's profile.
 * @param fix takes the rights of others away where the files are our own
 */
export async function checkStateDirectory(paths: AppPaths, fix = false): Promise<Finding[]> {
  const findings: Finding[] = [];
  const single = [paths.root, paths.runDir, paths.dataDir, paths.tokenFile, paths.configFile, paths.logFile, paths.databaseFile];
  const trees = [paths.envDir, paths.shellDir, join(paths.dataDir, 'projects')];
  for (const path of [...single, ...(await Promise.all(trees.map(filesBelow))).flat()]) {
    const stats = await lstatIfThere(path);
    const reason = stats === undefined || stats.isSymbolicLink() ? undefined : openness(stats);
    if (stats === undefined || reason === undefined) continue;
    const mended = fix && stats.uid === process.getuid?.() && (await closeToOthers(path, stats));
    findings.push(
      mended
        ? ok('state directory', `${path} was open to other users and is not any more`)
        : problem(
            'state directory',
            `${path} ${reason}`,
            stats.uid === process.getuid?.() ? 'ccproxy doctor --fix' : `Remove ${path}, or give it back to your user.`,
          ),
    );
  }
  return findings.length > 0 ? findings : [ok('state directory', `${paths.root} is private`)];
}

async function closeToOthers(path: string, stats: Stats): Promise<boolean> {
  await chmod(path, stats.mode & 0o700);
  return true;
}

async function filesBelow(directory: string): Promise<string[]> {
  const entries = await readdir(directory, { recursive: true, withFileTypes: true }).catch(() => []);
  return [directory, ...entries.slice(0, mostFiles).map((entry) => join(entry.parentPath, entry.name))];
}

function openness(stats: Stats): string | undefined {
  const uid = process.getuid?.();
  if (uid === undefined) return undefined;
  if (stats.uid !== uid) return `belongs to user ${stats.uid}`;
  return (stats.mode & 0o077) === 0 ? undefined : `is open to other users (mode 0${(stats.mode & 0o777).toString(8)})`;
}

async function lstatIfThere(path: string): Promise<Stats | undefined> {
  try {
    return await lstat(path);
  } catch (error) {
    if (errnoOf(error) === 'ENOENT') return undefined;
    throw error;
  }
}
