import { analyzeProject, type ProjectConfig, type Selectable } from '@ccproxy/config';
import { CcproxyError, type Clock, type Logger } from '@ccproxy/kernel';
import { errors } from './errors.js';
import { readProjectFile } from './project-file.js';
import type { ProjectPlaces } from './project-places.js';
import { latestContent, type ProjectRecord } from './project-record.js';

/** A stored copy of a project file, as the daemon acts on it. The same object as long as the copy is the same. */
export interface ServedProject {
  readonly id: string;
  /** Canonical path of the project: the value of `when.project`. */
  readonly path: string;
  readonly config: ProjectConfig;
}

/** What the gateway needs of the allowed projects. */
export interface ProjectDirectory {
  /**
   * The project of an id, with the stored copy that is in force.
   * @throws CCP_PROJECT_UNKNOWN, CCP_PROJECT_BROKEN
   */
  find(id: string): Promise<ServedProject>;
}

/** The allowed projects, in the memory of a daemon. */
export interface OpenProjects extends ProjectDirectory {
  /** Reads the store anew; what became of tokens is told to `tokens`. `anew`: also what was read before, because what can be selected has changed. */
  reload(options?: { readonly anew?: boolean }): Promise<void>;
  /** Present projects. */
  records(): readonly ProjectRecord[];
}

/** Learns which project tokens open the gateway. */
export interface ProjectTokens {
  add(id: string, token: string): void;
  revoke(id: string): void;
}

interface Entry {
  readonly record: ProjectRecord;
  readonly copies: ReadonlyMap<string, ServedProject | CcproxyError>;
  /** Digest of the copy in force. */
  current: string;
  /** Monotonic ms. */
  lookedAt: number;
}

/** A project file is compared at most this often, and the store is asked for an unknown id at most this often, ms. */
const freshMs = 1000;

/**
 * Makes the directory, empty until `reload`. Of several allowed contents the one the project's file has now is in force; an edited file
 * changes nothing: what was in force stays. The file itself is only ever compared, never acted on.
 */
export function openProjects(options: {
  readonly places: ProjectPlaces;
  readonly selectable: Selectable;
  readonly tokens: ProjectTokens;
  readonly clock: Clock;
  readonly logger: Logger;
}): OpenProjects {
  const { places, selectable, tokens, clock, logger } = options;
  let entries: ReadonlyMap<string, Entry> = new Map();
  let reloadedAt = -Infinity;
  let loading: Promise<void> = Promise.resolve();

  const open = async (record: ProjectRecord, anew: boolean): Promise<Entry> => {
    const known = anew ? undefined : entries.get(record.id);
    const copies = await Promise.all(
      record.contents.map(
        async (content) => [content.digest, known?.copies.get(content.digest) ?? (await readCopy(record, content))] as const,
      ),
    );
    const latest = latestContent(record)?.digest ?? '';
    return { record, copies: new Map(copies), current: latest, lookedAt: -Infinity };
  };
  const readCopy = async (record: ProjectRecord, content: ProjectRecord['contents'][number]): Promise<ServedProject | CcproxyError> => {
    try {
      const text = (await places.store.content(record, content)).toString('utf8');
      const { project, diagnostics } = analyzeProject(text, record.path, selectable);
      if (project !== undefined) return Object.freeze({ id: record.id, path: record.path, config: project });
      return errors.CCP_PROJECT_BROKEN({ message: `The project file that was allowed cannot be used: ${diagnostics[0]?.message ?? ''}.` });
    } catch (error) {
      if (CcproxyError.isInstance(error)) return error;
      throw error;
    }
  };
  const load = async (anew: boolean): Promise<void> => {
    reloadedAt = clock.monotonic();
    const records = await places.store.list();
    const next = new Map<string, Entry>();
    for (const record of records) {
      next.set(record.id, await open(record, anew));
      if (entries.has(record.id)) continue;
      const token = await places.store.token(record.id);
      if (token !== undefined) tokens.add(record.id, token);
    }
    for (const id of entries.keys()) if (!next.has(id)) tokens.revoke(id);
    entries = next;
  };
  /** One at a time; each begins after those that were asked for before it. */
  const reload = ({ anew = false }: { readonly anew?: boolean } = {}): Promise<void> => {
    const next = loading.then(() => load(anew));
    loading = next.catch(() => {});
    return next;
  };
  const compare = async (entry: Entry): Promise<void> => {
    entry.lookedAt = clock.monotonic();
    try {
      const { digest } = await readProjectFile(entry.record.path);
      if (entry.copies.has(digest)) entry.current = digest;
    } catch (error) {
      // Gone, unreadable or no file any more: what was allowed stays in force.
      if (!CcproxyError.isInstance(error)) logger.warn({ err: error, project: entry.record.id }, 'project file not compared');
    }
  };

  return {
    reload,
    records: () => [...entries.values()].map(({ record }) => record),
    async find(id) {
      if (!entries.has(id) && clock.monotonic() - reloadedAt > freshMs) await reload();
      const entry = entries.get(id);
      if (entry === undefined) throw errors.CCP_PROJECT_UNKNOWN({ message: 'There is no project of that id.' });
      if (clock.monotonic() - entry.lookedAt > freshMs) await compare(entry);
      const served = entry.copies.get(entry.current);
      if (served === undefined || CcproxyError.isInstance(served))
        throw served ?? errors.CCP_PROJECT_BROKEN({ message: 'The project has no stored copy.' });
      return served;
    },
  };
}
