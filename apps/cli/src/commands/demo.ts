import { spawn } from 'node:child_process';
import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createDaemonClient, type DaemonClient, ensureDaemon, spawnDaemon, stopDaemon } from '@ccproxy/client';
import { type AppPaths, CcproxyError } from '@ccproxy/kernel';
import { findClaude } from '@ccproxy/launch';
import { BaseCommand } from '../base-command.js';
import { cliVersion } from '../cli-version.js';
import { daemonEntry } from '../daemon-process.js';
import { demoConfig } from '../demo/demo-config.js';
import { demoRequests } from '../demo/demo-requests.js';
import { type DemoAnswer, sendDemoRequest } from '../demo/send-demo-request.js';
import { renderTable } from '../render/render-table.js';

/** One request of the demonstration as it was routed, metered and answered. */
interface DemoRow extends DemoAnswer {
  readonly model: string;
  readonly why: string;
  readonly inputTokens: number | null;
  readonly outputTokens: number | null;
  readonly cost: string;
}

interface DemoResult {
  readonly requests: readonly DemoRow[];
  readonly claude: { readonly bin: string; readonly exitCode: number; readonly output: string } | null;
}

export default class Demo extends BaseCommand {
  static override summary = 'See it work: a throw-away daemon, three requests, what was routed where and why.';
  static override description =
    'Needs no account, no key and no network: the answers come from the built-in demo provider. Nothing of it touches your own daemon or configuration. When Claude Code is installed, it is run once through the throw-away daemon too.';
  static override examples = [{ description: 'Half a minute to know what this is.', command: '<%= config.bin %> demo' }];

  async run(): Promise<DemoResult> {
    await this.parse(Demo);
    const root = await mkdtemp(join(tmpdir(), 'ccp-'));
    const paths = this.paths({ 'state-dir': root });
    try {
      await writeFile(paths.configFile, demoConfig, { mode: 0o600 });
      this.log('Starting a throw-away daemon …');
      const client = await startThrowAway(paths);
      const result = await this.#show(client, paths);
      await client.close();
      this.log('\nThat was all; the daemon is stopped and its files are removed. Next:');
      this.log(
        renderTable([
          ['  ccproxy config init', 'write your own configuration'],
          ['  ccproxy claude', 'run Claude Code through ccproxy'],
          ['  ccproxy status', 'see what it reaches'],
        ]),
      );
      return result;
    } finally {
      // After a failure too: the daemon must not outlive its directory.
      await stopDaemon({ paths, client: 'ccproxy demo', version: cliVersion, drainMs: 0 });
      await rm(root, { recursive: true, force: true, maxRetries: 5 });
    }
  }

  async #show(client: DaemonClient, paths: AppPaths): Promise<DemoResult> {
    const session = await client.openSession({ client: 'ccproxy demo', pid: process.pid });
    this.log(`It listens on ${session.url}. Three requests, shaped like Claude Code's, to the demo provider:\n`);
    const answers: DemoAnswer[] = [];
    for (const request of demoRequests()) answers.push(await sendDemoRequest(session.url, session.token, request));
    const requests = await this.#explain(client, answers);
    this.log(
      renderTable([['request', 'rule', 'target', 'model', 'tokens in/out', 'cost', 'first event', 'total'], ...requests.map(columns)]),
    );
    this.log('\nWhy:');
    for (const { title, why } of requests) this.log(`  ${title}: ${why}`);
    this.log(`\nAn answer: ${requests[0]?.text ?? ''}`);
    return { requests, claude: await this.#runClaude(paths) };
  }

  /** Joins the answers with what the daemon wrote into its ledger and its decision log. */
  async #explain(client: DaemonClient, answers: readonly DemoAnswer[]): Promise<DemoRow[]> {
    const rows = await client.recentLedger(10);
    const decisions = await client.recentDecisions(10);
    return answers.map((answer) => {
      const row = rows.find(({ requestId }) => requestId === answer.requestId) ?? {};
      const decision = decisions.find(({ requestId }) => requestId === answer.requestId) ?? {};
      const steps = (decision['explanation'] ?? []) as readonly {
        readonly rule: string;
        readonly fired: boolean;
        readonly because: readonly string[];
      }[];
      const fired = steps.find((step) => step.fired);
      const usage = (row['usage'] ?? {}) as { readonly inputTokens?: number; readonly outputTokens?: number };
      return {
        ...answer,
        model: typeof row['upstreamModel'] === 'string' ? row['upstreamModel'] : '',
        why: reason(fired),
        inputTokens: usage.inputTokens ?? null,
        outputTokens: usage.outputTokens ?? null,
        cost: 'none (demo)',
      };
    });
  }

  /** The real client, when there is one, with a home of its own and no credential. */
  async #runClaude(paths: AppPaths): Promise<DemoResult['claude']> {
    const bin = await foundClaude();
    if (bin === undefined) {
      this.log('\nNo `claude` was found in PATH; with one, `ccproxy claude -- -p hello` would run here too.');
      return null;
    }
    const home = join(paths.root, 'home');
    await mkdir(home, { mode: 0o700 });
    this.log(`\nNow the real client (${bin}): ccproxy claude -- -p hello`);
    const env = {
      PATH: process.env['PATH'],
      HOME: home,
      TERM: 'dumb',
      LANG: 'C.UTF-8',
      CC_PROXY_STATE_DIR: paths.root,
      CC_PROXY_PORT: '0',
      CLAUDE_CLI_PATH: bin,
      ANTHROPIC_AUTH_TOKEN: 'ccproxy-demo-no-credential',
      CLAUDE_CODE_DISABLE_NONESSENTIAL_TRAFFIC: '1',
      DISABLE_AUTOUPDATER: '1',
    };
    const { exitCode, output } = await runAndRead(process.execPath, [process.argv[1] ?? '', 'claude', '--', '-p', 'hello'], env);
    this.log(`  ${output.trim().replaceAll('\n', '\n  ')}\n  (exit code ${exitCode})`);
    return { bin, exitCode, output };
  }
}

function reason(step: { readonly rule: string; readonly because: readonly string[] } | undefined): string {
  if (step === undefined) return 'no reason was recorded';
  const because = step.because.join('; ');
  return step.rule === 'default' ? because : `rule \`${step.rule}\` fired: ${because}`;
}

async function startThrowAway(paths: AppPaths): Promise<DaemonClient> {
  // Port 0: a free one, so that the usual port stays with the user's own daemon.
  const env = {
    ...process.env,
    CC_PROXY_PORT: '0',
    CC_PROXY_STATE_DIR: paths.root,
    CC_PROXY_CONFIG: paths.configFile,
    CC_PROXY_CONFIG_FILE: undefined,
    CC_PROXY_HOST: undefined,
    CC_PROXY_AUTH_KEY: undefined,
    CC_PROXY_LOG: undefined,
    CC_PROXY_LOG_DIR: undefined,
  };
  const spawnOne = () => spawnDaemon({ node: process.execPath, entry: daemonEntry(), args: [], env, logFile: paths.logFile });
  const { connection } = await ensureDaemon({ paths, client: 'ccproxy demo', version: cliVersion, spawnDaemon: spawnOne });
  return createDaemonClient(connection);
}

function columns(row: DemoRow): string[] {
  const ms = (value: number): string => `${value.toFixed(1)} ms`;
  return [
    row.title,
    row.route,
    row.target,
    row.model,
    `${row.inputTokens ?? '?'}/${row.outputTokens ?? '?'}`,
    row.cost,
    ms(row.firstMs),
    ms(row.totalMs),
  ];
}

async function foundClaude(): Promise<string | undefined> {
  try {
    return (await findClaude({ env: process.env, cwd: process.cwd(), self: [process.argv[1] ?? ''], platform: process.platform })).bin;
  } catch (error) {
    if (CcproxyError.isInstance(error)) return undefined;
    throw error;
  }
}

function runAndRead(bin: string, args: readonly string[], env: NodeJS.ProcessEnv): Promise<{ exitCode: number; output: string }> {
  return new Promise((resolve, reject) => {
    const child = spawn(bin, args, { env, stdio: ['ignore', 'pipe', 'pipe'] });
    let output = '';
    for (const stream of [child.stdout, child.stderr]) stream.on('data', (chunk: Buffer) => (output += chunk.toString('utf8')));
    child.on('error', reject);
    child.on('close', (code) => resolve({ exitCode: code ?? 1, output }));
  });
}
