import { execFile } from 'node:child_process';
import { access } from 'node:fs/promises';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { CcproxyError } from '@ccproxy/kernel';
import { detectConflicts, findClaude, readSettingsLayers } from '@ccproxy/launch';
import { type Finding, ok, problem, warning } from './finding.js';

export interface ClientCheck {
  readonly env: NodeJS.ProcessEnv;
  readonly cwd: string;
  readonly home: string;
  readonly self: string;
  /** Of the running daemon. */
  readonly baseUrl: string | undefined;
}

/** Whether the real client is there, its version, and settings that would keep it from ccproxy. */
export async function checkClient(options: ClientCheck): Promise<Finding[]> {
  const { env, cwd, home, baseUrl } = options;
  const layers = await readSettingsLayers({ env, cwd, home, platform: process.platform });
  const conflicts = detectConflicts({ layers, baseUrl, loggedIn: await hasLogin(env, home) });
  return [
    await checkBinary(options),
    ...conflicts.map(({ severity, name, where, message, fix }) =>
      (severity === 'blocking' ? problem : warning)('client settings', `${name} in ${where}: ${message}`, fix),
    ),
  ];
}

async function checkBinary({ env, cwd, self }: ClientCheck): Promise<Finding> {
  const check = 'client';
  try {
    const { bin, from } = await findClaude({ env, cwd, self: [self], platform: process.platform });
    const { stdout } = await promisify(execFile)(bin, ['--version'], { timeout: 10_000, env });
    return ok(check, `${bin} (from ${from}), version ${stdout.trim()}`);
  } catch (error) {
    if (CcproxyError.isInstance(error)) return warning(check, error.message, error.hint);
    return problem(
      check,
      `the client does not tell its version: ${(error as Error).message.split('\n')[0] ?? ''}`,
      'Run `claude --version` by hand; reinstall Claude Code if it fails too.',
    );
  }
}

/** The login file of Claude Code on Linux and Windows (measured); macOS keeps it in the keychain, which is not asked. */
async function hasLogin(env: NodeJS.ProcessEnv, home: string): Promise<boolean> {
  const directory = env['CLAUDE_CONFIG_DIR'] ?? join(home, '.claude');
  return access(join(directory, '.credentials.json')).then(
    () => true,
    () => false,
  );
}
