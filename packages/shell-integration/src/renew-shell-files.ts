import { open } from 'node:fs/promises';
import { errnoOf } from '@ccproxy/kernel';
import { isOlderVersion } from './older-version.js';
import { packageVersion } from './package-version.js';
import { shellFiles } from './shell-files.js';
import { isSealed } from './seal-text.js';
import { type ShellKind, shellKinds } from './shell-kind.js';
import { expectedHookFiles, readText, writeChanged } from './write-shell-files.js';

export interface RenewOptions {
  /** `~/.ccproxy`; absolute. */
  readonly stateDir: string;
  /** `<stateDir>/shell`. */
  readonly shellDir: string;
  /** The version that is running. */
  readonly version?: string;
}

/**
 * After an upgrade: writes anew the hooks that an older version wrote. A file of a newer version stays, and one that somebody edited (`doctor`
 * names it); the words for completion are left to `doctor --fix`, which knows all plugins. With nothing to do it costs one short read for each shell that has a hook. Returns the files that changed.
 * @throws CCP_DIR_UNSAFE, CCP_DISK_FULL, CCP_PERMISSION_DENIED, CCP_READ_ONLY
 */
export async function renewShellFiles(options: RenewOptions): Promise<readonly string[]> {
  const version = options.version ?? packageVersion;
  const changed: string[] = [];
  for (const shell of shellKinds) {
    const found = await writtenVersion(shellFiles(shell, options.shellDir).hook);
    if (found !== undefined && isOlderVersion(found, version)) changed.push(...(await renewOne(shell, { ...options, version })));
  }
  return changed;
}

async function renewOne(shell: ShellKind, { stateDir, shellDir, version }: Required<RenewOptions>): Promise<readonly string[]> {
  const { hook, more } = shellFiles(shell, shellDir);
  for (const file of more === undefined ? [hook] : [hook, more]) {
    const text = await readText(file);
    if (text !== undefined && !isSealed(text)) return [];
  }
  return writeChanged(await expectedHookFiles(shell, { stateDir, shellDir, version }));
}

/** What the first line of a hook says; undefined when there is no hook, or none of ours. */
async function writtenVersion(file: string): Promise<string | undefined> {
  try {
    await using handle = await open(file);
    const { buffer, bytesRead } = await handle.read(Buffer.alloc(200), 0, 200, 0);
    return /^# ccproxy hook for [\w. ]+, version ([0-9A-Za-z.+-]+)\. /u.exec(buffer.toString('latin1', 0, bytesRead))?.[1];
  } catch (error) {
    if (errnoOf(error) === 'ENOENT') return undefined;
    throw error;
  }
}
