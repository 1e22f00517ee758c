import path from 'node:path';
import { hookFileName, type ShellKind } from './shell-kind.js';

/** The generated files of one shell, below `<state>/shell`. */
export interface ShellFiles {
  readonly hook: string;
  /** Words for completion, read at the first Tab; PowerShell has none. */
  readonly completion: string | undefined;
}

export function shellFiles(shell: ShellKind, shellDir: string): ShellFiles {
  return {
    hook: path.join(shellDir, hookFileName(shell)),
    completion: shell === 'powershell' ? undefined : path.join(shellDir, `completion.${shell}`),
  };
}
