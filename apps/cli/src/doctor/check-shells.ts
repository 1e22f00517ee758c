import {
  checkShell,
  completionTree,
  type CommandList,
  rcFileOf,
  type ShellFinding,
  type ShellKind,
  shellKinds,
  writeShellFiles,
} from '@ccproxy/shell-integration';
import { access, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { AppPaths } from '@ccproxy/kernel';
import { type Finding, ok, warning } from './finding.js';

export interface ShellsCheck {
  readonly paths: AppPaths;
  readonly env: NodeJS.ProcessEnv;
  readonly home: string;
  readonly version: string;
  readonly commands: CommandList;
  /** Write hook files anew that are of another version, were changed or are missing. */
  readonly fix: boolean;
}

/** The hooks of the shells they were installed for: loaded, of this version, and not thrown out again later in the start-up file. */
export async function checkShells(options: ShellsCheck): Promise<Finding[]> {
  const findings: Finding[] = [];
  for (const shell of shellKinds) {
    const rcFile = rcFileOf(shell, { env: options.env, home: options.home, platform: process.platform });
    if (!(await isInstalled(shell, rcFile, options.paths))) continue;
    findings.push(...(await checkOne(shell, rcFile, options)));
  }
  return findings.length > 0 ? findings : [ok('shells', 'no hook is installed (`ccproxy shell-integration <shell>` does that)')];
}

async function checkOne(shell: ShellKind, rcFile: string, { paths, version, commands, fix }: ShellsCheck): Promise<Finding[]> {
  const place = { rcFile, stateDir: paths.root, shellDir: paths.shellDir, version, tree: completionTree(commands) };
  const renewed = fix ? await writeShellFiles(shell, place) : [];
  const found = await checkShell(shell, place);
  const wrong = found.filter((finding) => !finding.ok).map((finding) => warning(`shell ${shell}`, finding.text, fixOf(finding, shell)));
  const mended = renewed.map((file) => ok(`shell ${shell}`, `${file} was written anew; open a new shell`));
  return wrong.length + mended.length > 0 ? [...mended, ...wrong] : [ok(`shell ${shell}`, `${rcFile} loads the hook, which is up to date`)];
}

function fixOf({ name }: ShellFinding, shell: ShellKind): string {
  if (name === 'stub') return `ccproxy shell-integration ${shell} --install`;
  return name === 'prompt' ? 'Move that line before the lines of ccproxy.' : 'ccproxy doctor --fix';
}

/** Wanted for this shell once: its start-up file names the hook, or the hook was written. */
async function isInstalled(shell: ShellKind, rcFile: string, paths: AppPaths): Promise<boolean> {
  const hook = join(paths.shellDir, shell === 'powershell' ? 'hook.ps1' : `hook.${shell}`);
  const text = await readFile(rcFile, 'utf8').catch(() => '');
  if (text.includes(hook)) return true;
  return access(hook).then(
    () => true,
    () => false,
  );
}
