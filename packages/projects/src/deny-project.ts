import { realpath } from 'node:fs/promises';
import { errnoOf } from '@ccproxy/kernel';
import type { ProjectPlaces } from './project-places.js';
import type { ProjectRecord } from './project-record.js';
import { checkProjectPath, denyEntry, entryDirectory, forgetEntry } from './shell-entry.js';

/**
 * Takes the trust in a project away: its id, its token and its stored copies end, open shells drop it at their next prompt and stay silent
 * about it. A directory that is gone can be denied too. Returns the record that ended, if there was one.
 * @throws CCP_PROJECT_NAME
 */
export async function denyProject(places: ProjectPlaces, directory: string): Promise<ProjectRecord | undefined> {
  checkProjectPath(directory);
  const canonical = await canonicalIfThere(directory);
  return places.store.exclusively(async () => {
    const record = (await places.store.find(canonical)) ?? (await places.store.find(directory));
    const paths = new Set([canonical, directory, ...(record === undefined ? [] : [record.path, ...record.aliases])]);
    if (record !== undefined) await places.store.remove(record.id);
    for (const each of paths) await denyEntry(entryDirectory(places.envDir, each));
    await places.epoch.bump((address) => address);
    return record;
  });
}

/** Removes every trace of a project, also that it was denied. */
export async function forgetProject(places: ProjectPlaces, record: ProjectRecord): Promise<void> {
  await places.store.exclusively(async () => {
    await places.store.remove(record.id);
    for (const each of [record.path, ...record.aliases]) await forgetEntry(places.envDir, each);
    await places.epoch.bump((address) => address);
  });
}

async function canonicalIfThere(directory: string): Promise<string> {
  try {
    return await realpath(directory);
  } catch (error) {
    const code = errnoOf(error);
    if (code === 'ENOENT' || code === 'ENOTDIR') return directory;
    throw error;
  }
}
