import { realpath } from 'node:fs/promises';
import { randomBytes } from 'node:crypto';
import { analyzeProject, invalidConfig, type ProjectConfig, type Selectable } from '@ccproxy/config';
import { type Clock, createSecret, errnoHint, errnoOf } from '@ccproxy/kernel';
import { checkOwnership } from './check-ownership.js';
import { errors } from './errors.js';
import { type ProjectFile, readProjectFile } from './project-file.js';
import type { ProjectPlaces } from './project-places.js';
import { latestContent, mostAliases, mostContents, type ProjectRecord } from './project-record.js';
import { publishProject, type ShellFeatures } from './publish-project.js';
import { checkProjectPath } from './shell-entry.js';

export interface AllowProjectOptions {
  readonly places: ProjectPlaces;
  /** Absolute path of the directory, as the user names it. */
  readonly directory: string;
  /** What the project may select from. */
  readonly selectable: Selectable;
  readonly features: ShellFeatures;
  readonly uid: number | undefined;
  readonly clock: Clock;
}

export interface AllowedProject {
  readonly record: ProjectRecord;
  readonly project: ProjectConfig;
  readonly file: ProjectFile;
  /** What was allowed last before; undefined for a project that was not. */
  readonly previous: string | undefined;
  /** This very content was allowed already. */
  readonly known: boolean;
}

/**
 * Allows the present content of a project file: what is read once is checked, compared and stored. Writes the stored copy and the tree for
 * shells, and begins a new epoch.
 * @throws CCP_PROJECT_*, the diagnostics of the file (CCP_CONFIG_*), and what the disk says
 */
export async function allowProject(options: AllowProjectOptions): Promise<AllowedProject> {
  const { places, directory, selectable, uid, clock } = options;
  const canonical = await canonicalPath(directory);
  for (const each of [canonical, directory]) checkProjectPath(each);
  const file = await readProjectFile(canonical);
  await checkOwnership(file, canonical, uid);
  const { project, diagnostics } = analyzeProject(file.text, file.file, selectable);
  if (project === undefined) throw invalidConfig(diagnostics, file.text);
  return places.store.exclusively(async () => {
    const present = await places.store.find(canonical);
    const previous = present === undefined ? undefined : await previousText(places, present);
    const { record, slot, known } = admitContent(present ?? newRecord(canonical), file.digest, clock.now());
    const named = withAlias(record, directory);
    await places.store.write(named, [file.bytes], present === undefined ? newToken() : undefined);
    const profileOf = (bytes: Buffer): string | undefined => analyzeProject(bytes.toString('utf8'), file.file, selectable).project?.profile;
    await publishProject(places, named, { features: options.features, profileOf, renewed: new Set([slot]) });
    await places.epoch.bump((address) => address);
    return { record: named, project, file, previous, known };
  });
}

/** The form of every local token (`localTokenPrefix` of `@ccproxy/http`): what the guard never forwards. */
const newToken = (): string => `ccp_${createSecret()}`;

const newRecord = (path: string): ProjectRecord => ({ version: 1, id: randomBytes(10).toString('hex'), path, aliases: [], contents: [] });

/** The record with that content in a slot: the one it has, a new one, or that of the content allowed longest ago. */
function admitContent(
  record: ProjectRecord,
  digest: string,
  now: number,
): { readonly record: ProjectRecord; readonly slot: number; readonly known: boolean } {
  const { contents } = record;
  const own = contents.find((content) => content.digest === digest);
  const oldest = contents.toSorted((a, b) => a.allowedAt - b.allowedAt)[0];
  const slot = own?.slot ?? (contents.length < mostContents ? contents.length : (oldest?.slot ?? 0));
  // Strictly later than every other, also when the clock was set back: the latest one is what is served until a file decides.
  const allowedAt = Math.max(now, ...contents.map((content) => content.allowedAt + 1));
  const others = contents.filter((content) => content.slot !== slot);
  return {
    record: { ...record, contents: [...others, { slot, digest, allowedAt }].toSorted((a, b) => a.slot - b.slot) },
    slot,
    known: own !== undefined,
  };
}

function withAlias(record: ProjectRecord, directory: string): ProjectRecord {
  if (directory === record.path || record.aliases.includes(directory)) return record;
  return { ...record, aliases: [...record.aliases, directory].slice(-mostAliases) };
}

async function previousText(places: ProjectPlaces, record: ProjectRecord): Promise<string | undefined> {
  const latest = latestContent(record);
  return latest === undefined ? undefined : (await places.store.content(record, latest)).toString('utf8');
}

async function canonicalPath(directory: string): Promise<string> {
  try {
    return await realpath(directory);
  } catch (error) {
    if (errnoOf(error) === 'ENOENT')
      throw errors.CCP_PROJECT_FILE_MISSING({ message: `There is no directory ${directory}.`, where: { file: directory }, cause: error });
    throw errnoHint(error, { action: 'look at', file: directory }) ?? error;
  }
}
