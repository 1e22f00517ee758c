import { homedir } from 'node:os';
import { askStatus } from '@ccproxy/client/ask';
import type { DaemonStatusReport } from '@ccproxy/client/connect';
import { resolvePaths } from '@ccproxy/kernel/paths';
import { cliVersion } from './cli-version.js';
import { renderStatus } from './render/render-status.js';
import { writeOut } from './write-out.js';

/**
 * `ccproxy status`, `ccproxy status --json` and `--state-dir DIR` without loading oclif. Returns false, having done nothing, for any
 * other flag: oclif then answers.
 */
export async function fastStatus(args: readonly string[], write: (text: string) => void = writeOut): Promise<boolean> {
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
    const status =
      (await askStatus(paths, { client: 'ccproxy status', version: cliVersion })) ?? (await (await carefully()).readStatus(paths));
    write(`${flags.json ? JSON.stringify(status, null, 2) : renderStatus(status, Date.now())}\n`);
    if (mayWarn(status)) (await carefully()).warnOfStatus(status);
  } catch (error) {
    (await carefully()).failStatus(error, flags.json);
  }
  return true;
}

/** For all that is unusual: a daemon that is just starting, one that cannot be asked, one of another version. */
const carefully = () => import('./careful-status.js');

/** Whether there is anything to compare: mostly the versions are the same, and no variable of the configuration is set, then or now. */
function mayWarn({ version, variables }: DaemonStatusReport): boolean {
  const named = process.env['CC_PROXY_CONFIG'] ?? process.env['CC_PROXY_CONFIG_FILE'];
  return (
    version !== cliVersion ||
    named !== undefined ||
    Object.entries(variables).some(([name, hash]) => hash !== 'unset' || process.env[name] !== undefined)
  );
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
