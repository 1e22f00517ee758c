import type { Stats } from 'node:fs';
import { lstat } from 'node:fs/promises';
import { type AppPaths, errnoOf } from '@ccproxy/kernel';
import { type Finding, ok, problem } from './finding.js';

/** The state directory and what must be private in it: owner and modes. On Windows access follows the user's profile. */
export async function checkStateDirectory(paths: AppPaths): Promise<Finding[]> {
  const findings: Finding[] = [];
  for (const path of [paths.root, paths.runDir, paths.tokenFile, paths.configFile, paths.logFile, paths.databaseFile]) {
    const stats = await lstatIfThere(path);
    const reason = stats === undefined ? undefined : openness(stats);
    if (reason !== undefined) findings.push(problem('state directory', `${path} ${reason}`, `chmod go= ${path}`));
  }
  return findings.length > 0 ? findings : [ok('state directory', `${paths.root} is private`)];
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
