import { existsSync, mkdirSync, readdirSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { homedir } from 'node:os';
import { join } from 'node:path';
import { runCommand } from './run-command.ts';

/** The release of Claude Code whose behaviour the gateway was built against. */
const version = '2.1.328';

/**
 * Path of the real client's binary: `CLAUDE_BIN`, else the pinned release, installed once per user into a side folder.
 * It is about 370 MB and not ours to ship: it never becomes a dependency of the workspace.
 */
export async function claudeClient(say: (line: string) => void): Promise<string> {
  const given = process.env['CLAUDE_BIN'];
  if (given !== undefined && given !== '') return given;
  const folder = join(process.env['XDG_CACHE_HOME'] ?? join(homedir(), '.cache'), 'ccproxy-test', `claude-${version}`);
  const installed = findBinary(folder);
  if (installed !== undefined) return installed;
  say(`installing Claude Code ${version} into ${folder} (once, about 370 MB)`);
  // An installation that is interrupted, or runs twice, never leaves half a client under the final name.
  const fresh = `${folder}.${process.pid}`;
  mkdirSync(fresh, { recursive: true });
  writeFileSync(join(fresh, 'package.json'), '{ "private": true }\n');
  const npm = process.platform === 'win32' ? 'npm.cmd' : 'npm';
  const args = ['install', '--no-save', '--no-audit', '--no-fund', '--ignore-scripts', `@anthropic-ai/claude-code@${version}`];
  const { output } = await runCommand(npm, args, { cwd: fresh });
  if (findBinary(fresh) !== undefined && findBinary(folder) === undefined) {
    rmSync(folder, { recursive: true, force: true });
    renameSync(fresh, folder);
  }
  rmSync(fresh, { recursive: true, force: true });
  const binary = findBinary(folder);
  if (binary === undefined)
    throw new Error(`Claude Code ${version} could not be installed; set CLAUDE_BIN to its binary. npm said:\n${output}`);
  return binary;
}

/** The native binary lies in the optional package of the platform; the wrapper's own bin needs an install script. */
function findBinary(folder: string): string | undefined {
  const scope = join(folder, 'node_modules', '@anthropic-ai');
  if (!existsSync(scope)) return undefined;
  const file = process.platform === 'win32' ? 'claude.exe' : 'claude';
  return readdirSync(scope)
    .filter((name) => name.startsWith('claude-code-'))
    .map((name) => join(scope, name, file))
    .find((path) => existsSync(path));
}
