import { writeFileAtomic } from '@ccproxy/kernel';
import { createdForStub, placeStub } from './edit-rc.js';
import { readRcFile, writeRcFile } from './rc-file.js';
import { renderStub } from './render-stub.js';
import { shellFiles } from './shell-files.js';
import type { ShellKind } from './shell-kind.js';
import { type ShellFilesOptions, writeShellFiles } from './write-shell-files.js';

export interface InstallOptions extends ShellFilesOptions {
  /** The start-up file; absolute. */
  readonly rcFile: string;
  readonly withClaude: boolean;
}

export interface InstallResult {
  readonly rcFile: string;
  readonly hookFile: string;
  /** False when the stub stood there already. */
  readonly changed: boolean;
  /** Copy of the start-up file from before the change; undefined when nothing changed or nothing was there. */
  readonly backup: string | undefined;
}

/** Name of the copy beside the start-up file. */
export const backupOf = (rcFile: string): string => `${rcFile}.ccproxy-backup`;

/**
 * Writes the hook and puts its stub into the start-up file, once, however often it is called; a copy of the file is kept beside it.
 * Links are followed, a missing file is made. @throws CCP_SHELL_RC_UNUSABLE and the coded errors of the file system
 */
export async function installShell(shell: ShellKind, options: InstallOptions): Promise<InstallResult> {
  await writeShellFiles(shell, options);
  const rc = await readRcFile(options.rcFile);
  const hookFile = shellFiles(shell, options.shellDir).hook;
  const createsFile = rc.text === undefined || createdForStub(rc.text);
  const stub = renderStub(shell, { hookFile, withClaude: options.withClaude, createsFile });
  // The file is kept as bytes: one character of the text per byte.
  const text = placeStub(rc.text ?? '', Buffer.from(stub, 'utf8').toString('latin1'));
  if (text === rc.text) return { rcFile: options.rcFile, hookFile, changed: false, backup: undefined };
  const backup = rc.text === undefined ? undefined : backupOf(options.rcFile);
  if (backup !== undefined) await writeFileAtomic(backup, Buffer.from(rc.text ?? '', 'latin1'), { mode: rc.mode });
  await writeRcFile(rc, text);
  return { rcFile: options.rcFile, hookFile, changed: true, backup };
}
