import { homedir } from 'node:os';
import { askStatus } from '@ccproxy/client/ask';
import type { DaemonStatusReport } from '@ccproxy/client/connect';
import { type AppPaths, resolvePaths } from '@ccproxy/kernel/paths';
import { cliVersion } from './cli-version.js';

/**
 * `ccproxy status`, `ccproxy status --json` and `--state-dir DIR` without loading oclif. Returns false, having done nothing, for any
 * other flag: oclif then answers.
 */
export async function fastStatus(args: readonly string[]): Promise<boolean> {
  const flags = parseSimpleFlags(args);
  if (flags === undefined) return false;
  try {
    const paths = resolvePaths({
      env: process.env,
      home: homedir(),
      platform: process.platform,
      ...(flags.stateDir === undefined ? {} : { stateDir: flags.stateDir }),
      ...(process.getuid === undefined ? {} : { uid: process.getuid() }),
    });
    const asked = askStatus(paths, { client: 'ccproxy status', version: cliVersion });
    // Loaded while the daemon answers.
    const [{ renderStatus }, answer] = await Promise.all([import('./render/render-status.js'), asked]);
    const status = answer ?? (await carefulStatus(paths));
    process.stdout.write(`${flags.json ? JSON.stringify(status, null, 2) : renderStatus(status, Date.now())}\n`);
    if (mayWarn(status)) await warn(status);
  } catch (error) {
    const [{ CcproxyError }, { renderError }] = await Promise.all([
      import('@ccproxy/kernel/errors-core'),
      import('./render/render-error.js'),
    ]);
    if (!CcproxyError.isInstance(error)) throw error;
    process.exitCode = error.exitCode;
    if (flags.json) process.stdout.write(`${JSON.stringify({ error: error.toJSON() }, null, 2)}\n`);
    else process.stderr.write(`${renderError(error.toJSON())}\n`);
  }
  return true;
}

/** Whether there is anything to compare: mostly the versions are the same, and no variable of the configuration is set, then or now. */
function mayWarn({ version, variables }: DaemonStatusReport): boolean {
  const named = process.env['CC_PROXY_CONFIG'] ?? process.env['CC_PROXY_CONFIG_FILE'];
  return (
    version !== cliVersion ||
    named !== undefined ||
    Object.entries(variables).some(([name, hash]) => hash !== 'unset' || process.env[name] !== undefined)
  );
}

async function warn(status: DaemonStatusReport): Promise<void> {
  const { startWarnings } = await import('./start-warnings.js');
  const own = { version: cliVersion, env: process.env, config: undefined, cwd: process.cwd() };
  for (const warning of startWarnings(status, own)) process.stderr.write(`warning: ${warning}\n`);
}

/** Waits for a daemon that is just starting, and finds out what is wrong. Loaded only then. */
async function carefulStatus(paths: AppPaths): Promise<DaemonStatusReport> {
  const { readStatus } = await import('./read-status.js');
  return readStatus(paths);
}

function parseSimpleFlags(args: readonly string[]): { readonly json: boolean; readonly stateDir: string | undefined } | undefined {
  let json = false;
  let stateDir: string | undefined;
  for (let index = 0; index < args.length; index += 1) {
    const argument = args[index] ?? '';
    if (argument === '--json') json = true;
    else if (argument.startsWith('--state-dir=')) stateDir = argument.slice('--state-dir='.length);
    else if (argument === '--state-dir' && args[index + 1] !== undefined) stateDir = args[(index += 1)];
    else return undefined;
  }
  return { json, stateDir };
}
