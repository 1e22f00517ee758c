import { readFile, rm, rmdir } from 'node:fs/promises';
import path from 'node:path';
import { ensurePrivateDir, errnoOf, writeFileAtomic } from '@ccproxy/kernel';
import { errors } from './errors.js';
import { mostContents } from './project-record.js';

/** Names of the files in a project's entry (docs/adr/0009-shell-state-tree.md); no directory of a project may have one of them. */
const environmentName = '.ccproxy-env';
const trustedName = (slot: number): string => `.ccproxy-trusted.${slot}`;
const reserved = /^\.ccproxy-(?:env|trusted(?:\.\d+)?)$/u;
const formatVersion = '1';

/** What an entry says. */
export interface EntryContent {
  /** Variables that hold for every content. */
  readonly variables: Readonly<Record<string, string>>;
  /** The allowed contents in the order of their slots, without gaps. */
  readonly contents: readonly { readonly bytes: Uint8Array; readonly variables: Readonly<Record<string, string>> }[];
}

/** The directory of a project's entry: the path of the project, mirrored below `env`. */
export const entryDirectory = (envDir: string, project: string): string => path.join(envDir, project);

/**
 * Refuses a project whose entry could not be told from another's, or not be named in the tree.
 * @throws CCP_PROJECT_NAME
 */
export function checkProjectPath(project: string): void {
  const parts = project.split(path.sep);
  const taken = parts.find((part) => reserved.test(part));
  if (taken === undefined && path.isAbsolute(project) && !project.includes('\u0000')) return;
  throw errors.CCP_PROJECT_NAME({
    message:
      taken === undefined
        ? 'The path of a project is absolute and holds no NUL.'
        : `A directory in the path is called ${taken}, a name ccproxy uses itself.`,
  });
}

/** The records of `.ccproxy-env`: each ended by NUL, nothing quoted. */
function environmentBytes({ variables, contents }: EntryContent): Buffer {
  const records = (map: Readonly<Record<string, string>>): string[] => Object.entries(map).map(([key, value]) => `${key}=${value}`);
  const blocks = contents.flatMap((content, slot) => {
    const own = records(content.variables);
    return own.length === 0 ? [] : [`@${slot}`, ...own];
  });
  return Buffer.from([formatVersion, ...records(variables), ...blocks].map((record) => `${record}\u0000`).join(''));
}

/**
 * Writes what differs of an entry, so that a shell that reads meanwhile never takes a content for allowed that is not, nor one for another.
 * `renewed` names slots that are written in any case: their time is that of the `allow`. Does not bump the epoch; returns whether that is due.
 */
export async function writeEntry(directory: string, content: EntryContent, renewed: ReadonlySet<number> = new Set()): Promise<boolean> {
  await ensurePrivateDir(directory);
  const stale: { readonly file: string; readonly bytes: Uint8Array }[] = [];
  for (const [slot, { bytes }] of content.contents.entries()) {
    const file = path.join(directory, trustedName(slot));
    if (renewed.has(slot) || !(await holds(file, bytes))) stale.push({ file, bytes });
  }
  for (const { file } of stale) await rm(file, { force: true });
  await removeTrusted(directory, content.contents.length);
  const environment = { file: path.join(directory, environmentName), bytes: environmentBytes(content) };
  const writes = [...((await holds(environment.file, environment.bytes)) ? [] : [environment]), ...stale];
  for (const { file, bytes } of writes) await writeFileAtomic(file, bytes);
  return writes.length > 0;
}

/** Makes a project known and silent. Does not bump the epoch. */
export async function denyEntry(directory: string): Promise<void> {
  await ensurePrivateDir(directory);
  await writeFileAtomic(path.join(directory, environmentName), '');
  await removeTrusted(directory, 0);
}

/** Removes an entry and the directories above it that are empty then. Does not bump the epoch. */
export async function forgetEntry(envDir: string, project: string): Promise<void> {
  const directory = entryDirectory(envDir, project);
  await rm(path.join(directory, environmentName), { force: true });
  await removeTrusted(directory, 0);
  for (let folder = directory; folder.startsWith(path.join(envDir, path.sep)); folder = path.dirname(folder)) {
    if (!(await removeIfEmpty(folder))) return;
  }
}

async function holds(file: string, bytes: Uint8Array): Promise<boolean> {
  try {
    return (await readFile(file)).equals(bytes);
  } catch (error) {
    if (errnoOf(error) === 'ENOENT') return false;
    throw error;
  }
}

async function removeTrusted(directory: string, from: number): Promise<void> {
  for (let slot = mostContents - 1; slot >= from; slot -= 1) await rm(path.join(directory, trustedName(slot)), { force: true });
}

async function removeIfEmpty(folder: string): Promise<boolean> {
  try {
    await rmdir(folder);
    return true;
  } catch (error) {
    const code = errnoOf(error);
    if (code === 'ENOENT') return true;
    if (code === 'ENOTEMPTY' || code === 'EEXIST') return false;
    throw error;
  }
}
