import { readFile, rm } from 'node:fs/promises';
import { errnoOf } from '@ccproxy/kernel';
import { createdForStub, removeStubs } from './edit-rc.js';
import { backupOf } from './install-shell.js';
import { readRcFile, removeRcFile, writeRcFile } from './rc-file.js';
import { shellFiles } from './shell-files.js';
import type { ShellKind } from './shell-kind.js';

export interface UninstallOptions {
  readonly rcFile: string;
  readonly shellDir: string;
}

export interface UninstallResult {
  readonly rcFile: string;
  /** False when no stub was there. */
  readonly changed: boolean;
  /** The start-up file had been made for the stub and held nothing else. */
  readonly removedFile: boolean;
}

/**
 * Takes every stub out of the start-up file, which is then byte for byte what it was, and removes the generated files of this shell.
 * Shells that run keep the hook until they end. @throws CCP_SHELL_RC_UNUSABLE and the coded errors of the file system
 */
export async function uninstallShell(shell: ShellKind, { rcFile, shellDir }: UninstallOptions): Promise<UninstallResult> {
  const rc = await readRcFile(rcFile);
  const text = removeStubs(rc.text ?? '');
  const changed = rc.text !== undefined && text !== rc.text;
  const removedFile = changed && text === '' && createdForStub(rc.text ?? '');
  if (removedFile) await removeRcFile(rc);
  else if (changed) await writeRcFile(rc, text);
  await removeSpentBackup(backupOf(rcFile), text);
  const { hook, more, completion } = shellFiles(shell, shellDir);
  for (const file of [hook, more, completion]) if (file !== undefined) await rm(file, { force: true });
  return { rcFile, changed, removedFile };
}

/** A copy that says nothing the file does not say is of no use; any other may be wanted. */
async function removeSpentBackup(backup: string, text: string): Promise<void> {
  try {
    if ((await readFile(backup, 'latin1')) === text) await rm(backup);
  } catch (error) {
    if (errnoOf(error) !== 'ENOENT') throw error;
  }
}
