import type { DaemonStatusReport } from '@ccproxy/client/connect';
import { CcproxyError } from '@ccproxy/kernel/errors-core';
import { cliVersion } from './cli-version.js';
import { endWithReader } from './end-with-reader.js';
import { readStatus } from './read-status.js';
import { renderError } from './render/render-error.js';
import { startWarnings } from './start-warnings.js';

// What `fastStatus` needs seldom, in a file that is loaded only then.
export { readStatus };

/** Compares the running daemon with what the user has now; a line on stderr for each difference. */
export function warnOfStatus(status: DaemonStatusReport): void {
  const own = { version: cliVersion, env: process.env, config: undefined, cwd: process.cwd() };
  for (const warning of startWarnings(status, own)) process.stderr.write(`warning: ${warning}\n`);
}

/** Says why there is no status, and ends the command as `BaseCommand` would. Throws what is no coded error. */
export function failStatus(error: unknown, json: boolean): void {
  if (!CcproxyError.isInstance(error)) throw error;
  process.exitCode = error.exitCode;
  endWithReader(process);
  if (json) process.stdout.write(`${JSON.stringify({ error: error.toJSON() }, null, 2)}\n`);
  else process.stderr.write(`${renderError(error.toJSON())}\n`);
}
