import { readFile } from 'node:fs/promises';
import { quoteForShell } from './quote-for-shell.js';
import { hookFileName, type ShellKind } from './shell-kind.js';

export interface HookOptions {
  /** Absolute; becomes part of the code, so that nothing a project sets can move it. */
  readonly stateDir: string;
  readonly version: string;
}

/** The whole code of the hook of one shell. The sources are the files in `hooks/`, in the language of their shell. */
export async function renderHook(shell: ShellKind, { stateDir, version }: HookOptions): Promise<string> {
  const source = await readFile(new URL(`../hooks/${hookFileName(shell)}`, import.meta.url), 'utf8');
  return source.replace('@VERSION@', () => version).replace('@STATE@', () => quoteForShell(shell, stateDir));
}
