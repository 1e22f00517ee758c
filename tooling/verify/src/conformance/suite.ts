import { cpSync, existsSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createProcesses, createTempHome, freePort, startDaemon } from '@ccproxy-internal/test-kit';
import { type CommandResult, runCommand } from '../run-command.ts';
import { replayConfig, replayModels, replayToken } from './replay-config.ts';

/** A copy of the suite, and a daemon whose providers are all its replay upstream. */
export interface Suite {
  readonly folder: string;
  /** Runs one of its scripts, with where the daemon and the upstream are. */
  run(script: string, args: readonly string[]): Promise<CommandResult>;
}

/** Copies the suite, as nothing is written where it lies, installs it, and gives it to `use`. Throws when it cannot. */
export async function withSuite<Result>(place: string, use: (suite: Suite) => Promise<Result>): Promise<Result> {
  if (!existsSync(place)) throw new Error(`There is no conformance suite at ${place}.`);
  const folder = mkdtempSync(join(tmpdir(), 'ccp-conf-'));
  try {
    cpSync(place, folder, { recursive: true });
    const npm = process.platform === 'win32' ? 'npm.cmd' : 'npm';
    const installed = await runCommand(npm, ['install', '--no-audit', '--no-fund'], { cwd: folder });
    if (installed.code !== 0) throw new Error(`the conformance suite could not be installed:\n${installed.output}`);
    using home = createTempHome();
    await using processes = createProcesses();
    const port = await freePort();
    const daemon = await startDaemon({ home, processes, config: replayConfig(`http://127.0.0.1:${port}`) });
    const models = Object.entries(replayModels).map(([api, model]) => `${api}=${model}`);
    const where = ['--proxy', daemon.url, '--upstream-port', String(port), '--models', models.join(',')];
    return await use({ folder, run: (script, args) => runCommand(process.execPath, [script, ...where, ...args], { cwd: folder }) });
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

/** What the suite's own scripts need to be let in. */
export const admission: readonly string[] = ['--header', `x-ccproxy-token: ${replayToken}`];
