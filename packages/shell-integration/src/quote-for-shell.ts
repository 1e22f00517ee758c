import type { ShellKind } from './shell-kind.js';

/** One literal word of a shell's language; nothing in it is expanded. */
export function quoteForShell(shell: ShellKind, text: string): string {
  if (shell === 'fish') return `'${text.replaceAll('\\', '\\\\').replaceAll("'", "\\'")}'`;
  // PowerShell takes the typographic quotes for quotes, too.
  if (shell === 'powershell') return `'${text.replaceAll(/['\u2018\u2019\u201A\u201B]/gu, '$&$&')}'`;
  return `'${text.replaceAll("'", `'\\''`)}'`;
}
