import { realpath, stat } from 'node:fs/promises';
import path from 'node:path';
import { CcproxyError, errnoOf } from '@ccproxy/kernel';
import { type ProjectFile, readProjectFile } from './project-file.js';
import type { ProjectPlaces } from './project-places.js';
import type { AllowedContent, ProjectRecord } from './project-record.js';
import { entryDirectory } from './shell-entry.js';

/** How a directory with a project file stands with its user. */
export type ProjectStanding =
  /** The content of the file is one of those that were allowed. */
  | { readonly kind: 'allowed'; readonly directory: string; readonly record: ProjectRecord; readonly content: AllowedContent }
  /** Allowed once, with another content. */
  | { readonly kind: 'edited'; readonly directory: string; readonly record: ProjectRecord }
  | { readonly kind: 'denied'; readonly directory: string }
  | { readonly kind: 'unknown'; readonly directory: string };

/**
 * Compares the project file of a directory with what was allowed.
 * @throws CCP_PROJECT_FILE_MISSING and what the disk says; a file that cannot be used counts as edited or unknown
 */
export async function projectStanding(places: ProjectPlaces, directory: string): Promise<ProjectStanding> {
  const canonical = await realpath(directory);
  const record = await places.store.find(canonical);
  if (record === undefined) return { kind: (await isDenied(places, canonical)) ? 'denied' : 'unknown', directory: canonical };
  const file = await usableFile(canonical);
  const content = record.contents.find(({ digest }) => digest === file?.digest);
  return content === undefined
    ? { kind: 'edited', directory: canonical, record }
    : { kind: 'allowed', directory: canonical, record, content };
}

async function usableFile(directory: string): Promise<ProjectFile | undefined> {
  try {
    return await readProjectFile(directory);
  } catch (error) {
    if (CcproxyError.isInstance(error) && error.code === 'CCP_PROJECT_FILE_REFUSED') return undefined;
    throw error;
  }
}

/** An empty environment file is what `deny` leaves. */
async function isDenied(places: ProjectPlaces, directory: string): Promise<boolean> {
  try {
    return (await stat(path.join(entryDirectory(places.envDir, directory), '.ccproxy-env'))).size === 0;
  } catch (error) {
    const code = errnoOf(error);
    if (code === 'ENOENT' || code === 'ENOTDIR') return false;
    throw error;
  }
}
