import type { Stats } from 'node:fs';
import { lstat } from 'node:fs/promises';
import path from 'node:path';
import { errors } from './errors.js';
import type { ProjectFile } from './project-file.js';

const groupWrite = 0o020;
const otherWrite = 0o002;
const sticky = 0o1000;

/**
 * Makes sure that nobody else decides what the project file says: the file belongs to the user, its directory and every one above to the user or
 * root, and none can be written by others. A sticky directory (`/tmp`) is in order above the project, because others cannot
 * rename there what is not theirs. On Windows nothing is checked: modes mean nothing there.
 * @param directory canonical path
 * @throws CCP_PROJECT_UNSAFE naming the file or directory
 */
export async function checkOwnership(project: ProjectFile, directory: string, uid: number | undefined): Promise<void> {
  if (uid === undefined) return;
  refuse(project.file, ownReason(project.stats, uid) ?? writeReason(project.stats));
  const own = await lstat(directory);
  refuse(directory, foreignReason(own, uid) ?? writeReason(own));
  for (let above = path.dirname(directory); ; above = path.dirname(above)) {
    const stats = await lstat(above);
    refuse(above, foreignReason(stats, uid) ?? ((stats.mode & sticky) === 0 ? writeReason(stats) : undefined));
    if (path.dirname(above) === above) return;
  }
}

const ownReason = (stats: Stats, uid: number): string | undefined =>
  stats.uid === uid ? undefined : `belongs to user ${stats.uid}, not to you`;

const foreignReason = (stats: Stats, uid: number): string | undefined => (stats.uid === 0 ? undefined : ownReason(stats, uid));

/** A group with the number of its owner is that user's private group, as most systems create it: its members are that user. */
function writeReason({ mode, uid, gid }: Stats): string | undefined {
  if ((mode & otherWrite) !== 0) return 'can be written by everybody';
  return (mode & groupWrite) !== 0 && gid !== uid ? `can be written by group ${gid}` : undefined;
}

function refuse(file: string, reason: string | undefined): void {
  if (reason === undefined) return;
  throw errors.CCP_PROJECT_UNSAFE({
    message: `${file} ${reason}, so others could decide what was allowed`,
    where: { file },
    ...(reason.startsWith('can') ? { hint: `Run \`chmod go-w\` on it, or move the project to a directory of your own.` } : {}),
  });
}
