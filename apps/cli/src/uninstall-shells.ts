import { homedir } from 'node:os';
import type { AppPaths } from '@ccproxy/kernel';
import { rcFileOf, shellKinds, uninstallShell } from '@ccproxy/shell-integration';

/** Takes the lines that load a hook out of every start-up file; answers the files that were changed. */
export async function uninstallShells(paths: AppPaths, env: NodeJS.ProcessEnv): Promise<string[]> {
  const changed: string[] = [];
  for (const shell of shellKinds) {
    const rcFile = rcFileOf(shell, { env, home: homedir(), platform: process.platform });
    if ((await uninstallShell(shell, { rcFile, shellDir: paths.shellDir })).changed) changed.push(rcFile);
  }
  return changed;
}
