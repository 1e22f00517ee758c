import path from 'node:path';

/** The shells there are hooks for. */
export const shellKinds = ['bash', 'zsh', 'fish', 'powershell'] as const;
export type ShellKind = (typeof shellKinds)[number];

/** What decides where a shell looks for its start-up file. */
export interface RcPlace {
  readonly env: Readonly<Record<string, string | undefined>>;
  readonly home: string;
  readonly platform: NodeJS.Platform;
}

/** Name of the generated file below `<state>/shell`. */
export function hookFileName(shell: ShellKind): string {
  return shell === 'powershell' ? 'hook.ps1' : `hook.${shell}`;
}

/** The start-up file an interactive shell of this kind reads: absolute, whether it exists or not. */
export function rcFileOf(shell: ShellKind, { env, home, platform }: RcPlace): string {
  const configHome = env['XDG_CONFIG_HOME'] || path.join(home, '.config');
  if (shell === 'bash') return path.join(home, '.bashrc');
  if (shell === 'zsh') return path.join(env['ZDOTDIR'] || home, '.zshrc');
  if (shell === 'fish') return path.join(configHome, 'fish', 'config.fish');
  return platform === 'win32'
    ? path.join(home, 'Documents', 'PowerShell', 'Microsoft.PowerShell_profile.ps1')
    : path.join(configHome, 'powershell', 'Microsoft.PowerShell_profile.ps1');
}
