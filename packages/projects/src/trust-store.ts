import { readdir, readFile, rm } from 'node:fs/promises';
import path from 'node:path';
import { acquireLock, type Clock, ensurePrivateDir, errnoOf, parseJson, writeFileAtomic } from '@ccproxy/kernel';
import { errors } from './errors.js';
import { digestOf } from './project-file.js';
import { type AllowedContent, ProjectRecord } from './project-record.js';

/** What the user allowed: records, tokens and the allowed bytes themselves. The only source of the tree shells read. */
export interface TrustStore {
  /** Every project, oldest first. A damaged record counts as none. */
  list(): Promise<ProjectRecord[]>;
  /** The project of a directory, by its canonical path or an alias. */
  find(directory: string): Promise<ProjectRecord | undefined>;
  /** The gateway token of a project; undefined when its file is gone. */
  token(id: string): Promise<string | undefined>;
  /** The bytes that were allowed. @throws CCP_PROJECT_BROKEN when they are not what was allowed (any more) */
  content(record: ProjectRecord, content: AllowedContent): Promise<Buffer>;
  /** Writes a record; its new contents and, for a new project, its token are written before it. */
  write(record: ProjectRecord, contents: readonly Buffer[], token?: string): Promise<void>;
  remove(id: string): Promise<void>;
  /** Runs one change at a time, over all processes. */
  exclusively<T>(change: () => Promise<T>): Promise<T>;
}

const recordName = 'project.json';
const tokenName = 'token';
const contentName = (digest: string): string => `allowed.${digest}`;
const lockWaitMs = 10_000;

/** @param dir `data/projects` */
export function createTrustStore({ dir, clock }: { readonly dir: string; readonly clock: Clock }): TrustStore {
  const inProject = (id: string, name: string): string => path.join(dir, id, name);
  const list = async (): Promise<ProjectRecord[]> => {
    const records = await Promise.all((await namesIn(dir)).map((id) => readRecord(inProject(id, recordName), id)));
    const known = records.filter((record) => record !== undefined);
    const since = ({ contents }: ProjectRecord): number => Math.min(...contents.map(({ allowedAt }) => allowedAt));
    return known.toSorted((a, b) => since(a) - since(b));
  };
  return {
    list,
    async find(directory) {
      return (await list()).find((record) => record.path === directory || record.aliases.includes(directory));
    },
    async token(id) {
      const text = (await readIfThere(inProject(id, tokenName)))?.toString('utf8').trim();
      return text === '' ? undefined : text;
    },
    async content(record, { digest }) {
      const bytes = await readIfThere(inProject(record.id, contentName(digest)));
      if (bytes !== undefined && digestOf(bytes) === digest) return bytes;
      throw errors.CCP_PROJECT_BROKEN({ message: `The stored copy of the project file of ${JSON.stringify(record.path)} is damaged.` });
    },
    async write(record, contents, token) {
      await ensurePrivateDir(path.join(dir, record.id));
      if (token !== undefined) await writeFileAtomic(inProject(record.id, tokenName), `${token}\n`);
      for (const bytes of contents) await writeFileAtomic(inProject(record.id, contentName(digestOf(bytes))), bytes);
      await writeFileAtomic(inProject(record.id, recordName), `${JSON.stringify(record, undefined, 2)}\n`, { durable: true });
      const wanted = new Set([recordName, tokenName, ...record.contents.map(({ digest }) => contentName(digest))]);
      const left = (await namesIn(path.join(dir, record.id))).filter((name) => !wanted.has(name));
      for (const name of left) await rm(inProject(record.id, name), { force: true });
    },
    async remove(id) {
      // The record first: what is left of a project without one is nothing.
      await rm(inProject(id, recordName), { force: true });
      await rm(path.join(dir, id), { recursive: true, force: true });
    },
    async exclusively(change) {
      await ensurePrivateDir(dir);
      const lock = await acquireLock(path.join(dir, 'lock'), { clock, waitMs: lockWaitMs });
      try {
        return await change();
      } finally {
        await lock.release();
      }
    },
  };
}

async function readRecord(file: string, id: string): Promise<ProjectRecord | undefined> {
  const text = await readIfThere(file);
  const json = text === undefined ? undefined : parseJson(text.toString('utf8'));
  const record = json?.ok === true ? ProjectRecord.safeParse(json.value) : undefined;
  return record?.success === true && record.data.id === id ? record.data : undefined;
}

async function namesIn(dir: string): Promise<string[]> {
  try {
    return await readdir(dir);
  } catch (error) {
    if (errnoOf(error) === 'ENOENT') return [];
    throw error;
  }
}

async function readIfThere(file: string): Promise<Buffer | undefined> {
  try {
    return await readFile(file);
  } catch (error) {
    const code = errnoOf(error);
    if (code === 'ENOENT' || code === 'ENOTDIR') return undefined;
    throw error;
  }
}
