import { rmSync } from 'node:fs';
import { readdir, rm } from 'node:fs/promises';
import path from 'node:path';
import { asCcproxyError, ensurePrivateDir, errnoHint, errnoOf, writeFileAtomic } from '@ccproxy/kernel';
import type { SettingsObject } from './settings-object.js';

export interface SessionSettingsFile {
  readonly file: string;
  remove(): Promise<void>;
  /** For the last moment of a process. */
  removeSync(): void;
}

/** `<pid>-<id>.json`, and what an interrupted write of it leaves. */
const fileName = /^\.?(\d{1,10})-[\w-]{1,64}\.json(?:\.[0-9a-f]+\.tmp)?$/u;

/**
 * Writes the settings of one session to a file only the user can read: they hold its token, which must not be in argv.
 * @param dir `run/sessions`
 * @param owner the process that removes the file (and whose death lets others remove it), and an id of letters, digits, `-`, `_`
 */
export async function writeSessionSettings(
  dir: string,
  owner: { readonly pid: number; readonly id: string },
  settings: SettingsObject,
): Promise<SessionSettingsFile> {
  const name = `${owner.pid}-${owner.id}.json`;
  if (!fileName.test(name)) throw new TypeError('a session id has letters, digits, `-` and `_` only');
  const file = path.join(dir, name);
  await ensurePrivateDir(dir);
  await writeFileAtomic(file, `${JSON.stringify(settings, null, 2)}\n`, { mode: 0o600 });
  return { file, remove: () => rm(file, { force: true }), removeSync: () => rmSync(file, { force: true }) };
}

/**
 * Removes the session files of processes that are gone, for instance after kill -9. Other files in the directory are left alone.
 * @returns the files removed
 */
export async function sweepSessionSettings(dir: string, isAlive: (pid: number) => boolean): Promise<string[]> {
  const removed: string[] = [];
  for (const name of await list(dir)) {
    const pid = fileName.exec(name)?.[1];
    if (pid === undefined || isAlive(Number(pid))) continue;
    const file = path.join(dir, name);
    await rm(file, { force: true });
    removed.push(file);
  }
  return removed;
}

async function list(dir: string): Promise<string[]> {
  try {
    return await readdir(dir);
  } catch (error) {
    if (errnoOf(error) === 'ENOENT') return [];
    throw errnoHint(error, { action: 'list', file: dir }) ?? asCcproxyError(error);
  }
}
