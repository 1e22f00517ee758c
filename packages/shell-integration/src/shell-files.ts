import path from 'node:path';
import { hookFileName, type ShellKind } from './shell-kind.js';

/** The generated files of one shell, below `<state>/shell`. */
export interface ShellFiles {
  readonly hook: string;
  /** What the hook reads when it first meets a project file; fish only. */
  readonly more: string | undefined;
  /** Words for completion, read at the first Tab; PowerShell has none. */
  readonly completion: string | undefined;
}

export function shellFiles(shell: ShellKind, shellDir: string): ShellFiles {
  return {
    hook: path.join(shellDir, hookFileName(shell)),
    more: shell === 'fish' ? path.join(shellDir, 'hook-more.fish') : undefined,
    completion: shell === 'powershell' ? undefined : path.join(shellDir, `completion.${shell}`),
  };
}
