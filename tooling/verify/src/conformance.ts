import { cpSync, existsSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createProcesses, createTempHome, freePort, startDaemon } from '@ccproxy-internal/test-kit';
import { runCommand } from './run-command.ts';
import type { Stage, StageResult } from './stage.ts';

/** Wire APIs the gateway speaks to providers, each with the model name the runner asks for. */
const models = { anthropic: 'conf-anthropic' };

/**
 * A translation conformance suite that lies beside the checkout: its replay upstream plays recorded provider answers
 * through a daemon of its own. It is copied first; nothing is written where it lies.
 * Its second half judges requests that were translated to another wire API, which the gateway does for none of `models`.
 */
export const conformanceStages = (suite: string): Stage[] => [
  { name: 'conformance of the answers', run: () => withSuite(suite, 'run.mjs') },
];

async function withSuite(suite: string, script: string): Promise<StageResult> {
  if (!existsSync(suite)) throw new Error(`There is no conformance suite at ${suite}.`);
  const folder = mkdtempSync(join(tmpdir(), 'ccp-conf-'));
  try {
    cpSync(suite, folder, { recursive: true });
    const npm = process.platform === 'win32' ? 'npm.cmd' : 'npm';
    const installed = await runCommand(npm, ['install', '--no-audit', '--no-fund'], { cwd: folder });
    if (installed.code !== 0) throw new Error(`the conformance suite could not be installed:\n${installed.output}`);
    return await runSuite(folder, script);
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

async function runSuite(folder: string, script: string): Promise<StageResult> {
  using home = createTempHome();
  await using processes = createProcesses();
  const upstream = await freePort();
  const daemon = await startDaemon({
    home,
    processes,
    config: {
      providers: { replay: { type: 'anthropic', baseUrl: `http://127.0.0.1:${upstream}`, auth: 'client' } },
      models: { default: { provider: 'replay' }, [models.anthropic]: { provider: 'replay', model: 'claude-sonnet-4-5' } },
    },
  });
  const names = Object.entries(models).map(([api, model]) => `${api}=${model}`);
  const args = [script, '--proxy', daemon.url, '--upstream-port', String(upstream), '--models', names.join(',')];
  const { code, output } = await runCommand(process.execPath, args, { cwd: folder });
  return readConformance(output, code);
}

/** The suite ends with `N/M pass`. */
export function readConformance(output: string, code: number): StageResult {
  const [, pass = '0', total = '0'] = [...output.matchAll(/^(\d+)\/(\d+) pass$/gm)].at(-1) ?? [];
  const failed = Number(total) - Number(pass);
  return { passed: Number(pass), failed: code === 0 ? failed : Math.max(1, failed), output };
}
