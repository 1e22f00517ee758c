import { cpSync, existsSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { createProcesses, createTempHome, freePort, startDaemon } from '@ccproxy-internal/test-kit';
import { runCommand } from './run-command.ts';
import type { Stage, StageResult } from './stage.ts';

/** Wire APIs the gateway speaks to providers, each with the model name the runner asks for. */
const models = {
  anthropic: 'conf-anthropic',
  'openai-chat': 'conf-chat',
  'openai-responses': 'conf-responses',
  gemini: 'conf-gemini',
  'ollama-chat': 'conf-ollama',
};
const token = 'conformance-token';

/**
 * A translation conformance suite that lies beside the checkout: its replay upstream plays recorded provider answers
 * through a daemon of its own. It is copied first; nothing is written where it lies. Its second half judges the requests
 * that reach the upstream, which an Anthropic API gets as they are.
 */
export const conformanceStages = (suite: string): Stage[] => [
  { name: 'conformance of the answers', run: () => withSuite(suite, 'run.mjs') },
  { name: 'conformance of the requests', run: () => withSuite(suite, 'requests.mjs') },
  // Streamed or whole, the official client must find the same message in a recording.
  { name: 'conformance: streamed and whole alike', run: () => withSuite(suite, judge) },
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

const judge = fileURLToPath(new URL('../../e2e/src/foreign/judge-fixtures.ts', import.meta.url));

/** One provider for each API, all of them the replay upstream, without any fallback. */
const replayConfig = (origin: string): Readonly<Record<string, unknown>> => ({
  server: { authKey: token },
  providers: {
    anthropic: { type: 'anthropic', baseUrl: origin, auth: 'client' },
    chat: { type: 'openai', baseUrl: `${origin}/v1`, apiKey: 'dummy-key' },
    responses: { type: 'openai-responses', baseUrl: `${origin}/v1`, apiKey: 'dummy-key' },
    gemini: { type: 'gemini', baseUrl: `${origin}/v1beta`, apiKey: 'dummy-key' },
    ollama: { type: 'ollama', baseUrl: origin },
  },
  models: {
    default: { provider: 'anthropic' },
    [models.anthropic]: { provider: 'anthropic', model: 'claude-sonnet-4-5' },
    [models['openai-chat']]: { provider: 'chat', model: 'replay-model' },
    [models['openai-responses']]: { provider: 'responses', model: 'replay-model' },
    [models.gemini]: { provider: 'gemini', model: 'replay-model' },
    [models['ollama-chat']]: { provider: 'ollama', model: 'replay-model' },
  },
  // Every recording is one request with one outcome: nothing is repeated, nobody is left alone for the errors among them.
  retry: { attempts: 0, budget: 0, coolDown: '1ms', breaker: { failures: 1000, open: '1ms' }, join: false },
  // The suite asks of every model what the most able ones of its protocol can do.
  capabilities: { 'replay-model': { images: true, pdf: true, temperature: true, reasoning: 'effort' } },
});

async function runSuite(folder: string, script: string): Promise<StageResult> {
  using home = createTempHome();
  await using processes = createProcesses();
  const upstream = await freePort();
  const daemon = await startDaemon({ home, processes, config: replayConfig(`http://127.0.0.1:${upstream}`) });
  const names = Object.entries(models).map(([api, model]) => `${api}=${model}`);
  const where = ['--proxy', daemon.url, '--upstream-port', String(upstream), '--models', names.join(',')];
  const own = script === judge ? ['--suite', folder, '--token', token] : ['--header', `x-ccproxy-token: ${token}`];
  const args = [script, ...where, ...own];
  const { code, output } = await runCommand(process.execPath, args, { cwd: folder });
  return readConformance(output, code);
}

/** The suite ends with `N/M pass`. */
export function readConformance(output: string, code: number): StageResult {
  const [, pass = '0', total = '0'] = [...output.matchAll(/^(\d+)\/(\d+) pass$/gm)].at(-1) ?? [];
  const failed = Number(total) - Number(pass);
  return { passed: Number(pass), failed: code === 0 ? failed : Math.max(1, failed), output };
}
