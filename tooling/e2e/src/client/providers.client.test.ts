import {
  ccproxyBin,
  createProcesses,
  createTempHome,
  type Daemon,
  type FakeAnthropic,
  type Processes,
  startDaemon,
  startFakeAnthropic,
  type TempHome,
} from '@ccproxy-internal/test-kit';
import { globSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { clientBin } from './client-bin.ts';
import { clientEnvironment } from './client-environment.ts';
import { type ClientHome, createClientHome } from './client-home.ts';
import { type ForeignModel, opaque, startForeignModel, toolOutput } from './foreign-model.ts';
import { type OutboundTrap, startOutboundTrap } from './outbound-trap.ts';
import { createSide, type Side } from './side.ts';

const key = 'sk-key-of-the-other-provider';

let stack: AsyncDisposableStack;
let model: ForeignModel;
let anthropic: FakeAnthropic;
let home: ClientHome;
let daemonHome: TempHome;
let processes: Processes;
let trap: OutboundTrap;
let daemon: Daemon;
let side: Side;

beforeAll(async () => {
  stack = new AsyncDisposableStack();
  home = stack.use(createClientHome());
  daemonHome = stack.use(createTempHome());
  model = stack.use(await startForeignModel());
  trap = stack.adopt(await startOutboundTrap(), (open) => open.close());
  processes = stack.use(createProcesses());
  anthropic = stack.use(await startFakeAnthropic());
  const { url } = model;
  daemon = await startDaemon({
    home: daemonHome,
    processes,
    config: {
      providers: {
        chat: { type: 'openai', baseUrl: `${url}/v1`, apiKey: key },
        responses: { type: 'openai-responses', baseUrl: `${url}/v1`, apiKey: key },
        gemini: { type: 'gemini', baseUrl: url, apiKey: key },
        ollama: { type: 'ollama', baseUrl: url },
        anthropic: { type: 'anthropic', baseUrl: anthropic.url, auth: 'client' },
      },
      models: {
        default: { provider: 'anthropic' },
        'via-chat': { provider: 'chat', model: 'some-model' },
        'via-responses': { provider: 'responses', model: 'gpt-5' },
        'via-gemini': { provider: 'gemini', model: 'gemini-3-pro' },
        'via-ollama': { provider: 'ollama', model: 'qwen3:8b' },
      },
    },
  });
  const env = {
    ...clientEnvironment({ home: home.home, login: 'token', outboundTrap: trap.url }),
    ANTHROPIC_BASE_URL: 'http://127.0.0.1:9',
  };
  const command = [process.execPath, ccproxyBin, 'claude', '--state-dir', daemonHome.stateDir, '--claude-bin', clientBin(), '--'];
  side = createSide({ name: 'through', home, url: daemon.url, processes, command, env });
});
afterAll(() => stack.disposeAsync());

/** What the client wrote down of its conversations. */
const transcripts = ({ home: folder }: ClientHome): string =>
  globSync(join(folder, '.claude/projects/**/*.jsonl'))
    .map((file) => readFileSync(file, 'utf8'))
    .join('');

describe('the real client with a model of another provider', () => {
  it.each([
    ['chat', toolOutput],
    ['responses', opaque],
    ['gemini', opaque],
    ['ollama', toolOutput],
  ] as const)('[C12 C13 C23] %s: thinks, runs a tool and answers', async (provider, comesBack) => {
    home.renew();
    model.asked.length = 0;
    const run = await side.claude(['-p', 'print it', '--model', `via-${provider}`, '--allowedTools', 'Bash', '--output-format', 'json']);
    expect(run.code).toBe(0);
    expect(JSON.parse(run.stdout)).toMatchObject({ is_error: false, num_turns: 2, result: `The tool said: ${toolOutput}` });
    const turns = model.asked.filter(({ body }) => body.includes('"Bash"'));
    expect(turns).toHaveLength(2);
    const [, second] = turns;
    expect(second?.body).toContain(toolOutput);
    expect(second?.body).toContain(comesBack);
    for (const { headers, path, body } of model.asked) {
      expect(headers).not.toMatch(/dummy-bearer|anthropic|ccp_|claude/i);
      expect(path).not.toContain(key);
      expect(body).not.toMatch(/x-anthropic-billing-header|cache_control|context_management|"ccp1\./);
    }
  });

  it('[C23] a conversation that began elsewhere goes on with Claude: no foreign thinking reaches Anthropic', async () => {
    home.renew();
    const options = ['--allowedTools', 'Bash', '--output-format', 'json'];
    expect((await side.claude(['-p', 'print it', '--model', 'via-gemini', ...options])).code).toBe(0);
    const kept = transcripts(home);
    expect(kept).toContain('"signature":"ccp1.gemini.');
    anthropic.reset();
    const run = await side.claude(['-p', 'and now?', '--continue', '--model', 'claude-sonnet-5-5', ...options]);
    expect(run.code).toBe(0);
    const bodies = anthropic.requests.map(({ rawBody }) => rawBody.toString('utf8')).filter((body) => body.includes(toolOutput));
    expect(bodies.length).toBeGreaterThan(0);
    for (const body of bodies) expect(body).not.toMatch(/ccp1\.|I will print it/);
  });
});
