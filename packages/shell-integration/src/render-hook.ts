import { createHash } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import { quoteForShell } from './quote-for-shell.js';
import { hookFileName, type ShellKind } from './shell-kind.js';

export interface HookOptions {
  /** Absolute; becomes part of the code, so that nothing a project sets can move it. */
  readonly stateDir: string;
  readonly version: string;
}

/** Where the code goes on in a second file: fish parses a file as a whole, the others stop at the `return` of the first half. */
const secondFile = /^(?=# ccproxy hook for fish, second half)/mu;

/** The whole code of the hook of one shell. The sources are the files in `hooks/`, in the language of their shell. */
export async function renderHook(shell: ShellKind, { stateDir, version }: HookOptions): Promise<string> {
  const source = await readFile(new URL(`../hooks/${hookFileName(shell)}`, import.meta.url), 'utf8');
  // Halves of different builds are never mixed in one shell.
  const build = createHash('sha256').update(`${version}\n${source}`).digest('hex').slice(0, 16);
  return source
    .replaceAll('@VERSION@', () => version)
    .replaceAll('@BUILD@', () => build)
    .replace('@STATE@', () => quoteForShell(shell, stateDir));
}

/** The same as the texts of the files a shell reads: at its start, and when it first meets a project file ('' when that is the same file). */
export async function renderHookFiles(shell: ShellKind, options: HookOptions): Promise<{ readonly first: string; readonly more: string }> {
  const [first = '', more = ''] = (await renderHook(shell, options)).split(secondFile);
  return { first, more };
}
