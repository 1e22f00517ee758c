import { readFile } from 'node:fs/promises';
import path from 'node:path';
import { ensurePrivateDir, errnoOf, writeFileAtomic } from '@ccproxy/kernel';
import { type CompletionTree, renderCompletion } from './completions/render-completion.js';
import { writeFirstEpoch } from './first-epoch.js';
import { renderHookFiles } from './render-hook.js';
import { sealText } from './seal-text.js';
import { shellFiles } from './shell-files.js';
import type { ShellKind } from './shell-kind.js';

export interface ShellFilesOptions {
  /** `~/.ccproxy`; absolute. */
  readonly stateDir: string;
  /** `<stateDir>/shell`. */
  readonly shellDir: string;
  readonly version: string;
  /** The commands to complete. */
  readonly tree: CompletionTree;
}

/** What the hook of one shell must hold: path to text. The second file comes first, so that the first never asks for what is not there yet. */
export async function expectedHookFiles(shell: ShellKind, options: Omit<ShellFilesOptions, 'tree'>): Promise<ReadonlyMap<string, string>> {
  const { hook, more } = shellFiles(shell, options.shellDir);
  const text = await renderHookFiles(shell, options);
  return new Map([...(more === undefined ? [] : [[more, sealText(text.more)] as const]), [hook, sealText(text.first)]]);
}

/** What the files of one shell must hold: path to text. */
export async function expectedShellFiles(shell: ShellKind, options: ShellFilesOptions): Promise<ReadonlyMap<string, string>> {
  const { completion } = shellFiles(shell, options.shellDir);
  const files = new Map(await expectedHookFiles(shell, options));
  if (completion !== undefined && shell !== 'powershell') files.set(completion, renderCompletion(shell, options.tree));
  return files;
}

/**
 * Writes the hook and the completion of one shell. Shells that run keep what they have read; new ones read the new files. Returns the
 * files that changed. @throws CCP_DIR_UNSAFE, CCP_DISK_FULL, CCP_PERMISSION_DENIED, CCP_READ_ONLY
 */
export async function writeShellFiles(shell: ShellKind, options: ShellFilesOptions): Promise<readonly string[]> {
  await ensurePrivateDir(options.stateDir);
  await ensurePrivateDir(options.shellDir);
  if ((await readText(path.join(options.shellDir, 'epoch'))) === undefined) await writeFirstEpoch(options.shellDir);
  return writeChanged(await expectedShellFiles(shell, options));
}

/** Replaces each file that holds another text; returns those. */
export async function writeChanged(files: ReadonlyMap<string, string>): Promise<readonly string[]> {
  const changed: string[] = [];
  for (const [file, text] of files) {
    if ((await readText(file)) === text) continue;
    await writeFileAtomic(file, text);
    changed.push(file);
  }
  return changed;
}

/** Undefined when there is no such file. */
export async function readText(file: string): Promise<string | undefined> {
  try {
    return await readFile(file, 'utf8');
  } catch (error) {
    if (errnoOf(error) === 'ENOENT') return undefined;
    throw error;
  }
}
