import { quoteForShell } from './quote-for-shell.js';
import type { ShellKind } from './shell-kind.js';

export interface StubOptions {
  /** The generated hook file; absolute. */
  readonly hookFile: string;
  /** Define the function `claude`. */
  readonly withClaude: boolean;
  /** The start-up file did not exist before: removing the stub removes the file. */
  readonly createsFile?: boolean;
}

export const beginMark = '# >>> ccproxy >>>';
export const endMark = '# <<< ccproxy <<<';
export const createdNote = ' (this file was created for it)';

/**
 * The few lines of a start-up file that load the hook: the hook itself is replaced by an upgrade, these lines stay. They begin with a line
 * end, so that they stand on lines of their own whatever they are appended to, and so that removing exactly them gives the file back.
 * Sourced twice, the hook installs itself once.
 */
export function renderStub(shell: ShellKind, { hookFile, withClaude, createsFile = false }: StubOptions): string {
  const begin = `${beginMark}${createsFile ? createdNote : ''}`;
  return `\n${begin}\n${loadLine(shell, quoteForShell(shell, hookFile), withClaude ? ' claude' : '')}\n${endMark}\n`;
}

function loadLine(shell: ShellKind, file: string, argument: string): string {
  const lines: Readonly<Record<ShellKind, string>> = {
    bash: `case $- in *i*) if [ -r ${file} ]; then . ${file}${argument}; fi ;; esac`,
    zsh: `if [[ -o interactive && -r ${file} ]]; then source ${file}${argument}; fi`,
    fish: `if status is-interactive; and test -r ${file}; source ${file}${argument}; end`,
    powershell: `if (Test-Path -LiteralPath ${file}) { . ${file}${argument} }`,
  };
  return lines[shell];
}
