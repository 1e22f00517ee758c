import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { createProcesses, createTempHome, ccproxyBin, runBin, waitFor } from '@ccproxy-internal/test-kit';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { clientBin } from './client-bin.ts';
import { type ClientWorld, configFor, openClientWorld, type Scenario } from './client-world.ts';
import { expectSame, showRow } from './expect-same.ts';
import { openTerminal } from './terminal.ts';

let world: ClientWorld;
beforeAll(async () => {
  world = await openClientWorld();
});
afterAll(() => world[Symbol.asyncDispose]());

const json = ['--output-format', 'json'];
const launched = { way: 'launcher', answeredByGateway: ['GET /v1/models'] } as const satisfies Partial<Scenario>;

describe('ccproxy claude', () => {
  it('[A1 A6 B10] one prompt with a tool', async (context) => {
    const seen = await world.compare({
      ...launched,
      script: [{ tool_use: { name: 'Bash', input: { command: 'echo launched' } } }],
      act: (side) => side.claude(['-p', 'hello', '--allowedTools', 'Bash', ...json]),
    });
    expectSame(context, seen);
    expect(seen.through.runs[0]?.stdout).toContain('TOOL_RESULT: launched');
    expect(seen.through.requests[0]?.headers.some((line) => line === 'x-claude-code-request-class: main')).toBe(true);
  });

  it('[A1] arguments, stdin and output are the client’s', async (context) => {
    const seen = await world.compare({
      ...launched,
      act: async (side) => [
        await side.claude(['-p', 'a "b" \'c\' $HOME `d`\n--verbose * ~ \\ ü', '--append-system-prompt', '-- not ours']),
        await side.claude(['-p'], { input: 'from stdin\nsecond line' }),
        await side.claude(['--print', 'hello', '--output-format=stream-json', '--verbose', '--include-partial-messages']),
      ],
    });
    expectSame(context, seen);
    expect(seen.through.runs[1]?.stdout).toBe('FAKE_OK: from stdin\nsecond line\n');
  });

  it('[A1] exit codes and errors are the client’s', async (context) => {
    const seen = await world.compare({
      ...launched,
      env: { CLAUDE_CODE_MAX_RETRIES: '0' },
      script: [{ status: 500, repeat: 0 }],
      act: async (side) => [
        await side.claude(['-p', 'hello', ...json]),
        await side.claude(['-p', 'hello', '--output-format', 'stream-json']),
        await side.claude(['--no-such-option']),
      ],
    });
    expectSame(context, seen);
    expect(seen.through.runs.map(({ code }) => code)).toEqual([1, 1, 1]);
  });

  it('[A1] commands that start no session', async (context) => {
    const seen = await world.compare({
      ...launched,
      act: async (side) => [await side.claude(['--version']), await side.claude(['mcp', 'list']), await side.claude(['--help'])],
    });
    expectSame(context, seen);
    expect(seen.through.runs[0]?.stdout).toContain('2.1.328');
  });

  it('[A6] the user’s own settings stay, on the command line and in files', async (context) => {
    const mine = JSON.stringify({ model: 'haiku', env: { ANTHROPIC_CUSTOM_HEADERS: 'x-mine: from the command line\nx-other: 2' } });
    const seen = await world.compare({
      ...launched,
      prepare: (home) => {
        home.write('.claude/settings.json', JSON.stringify({ env: { CLAUDE_CODE_EXTRA_BODY: '{"brand_new_field":[1,2]}' } }));
        home.write('work/.claude/settings.json', JSON.stringify({ permissions: { allow: ['Bash(echo:*)'] } }));
      },
      script: [{ tool_use: { name: 'Bash', input: { command: 'echo allowed' } } }],
      act: (side) => side.claude(['-p', 'hello', '--settings', mine, ...json]),
    });
    expectSame(context, seen);
    const [first] = seen.through.requests;
    expect(first?.headers).toContain('x-mine: from the command line');
    expect(first?.body).toContain('"model":"claude-haiku-5-5"');
    expect(first?.body).toContain('"brand_new_field":[1,2]');
    expect(seen.through.runs[0]?.stdout).toContain('TOOL_RESULT: allowed');
  });

  it('[A6] a base URL in the user’s settings does not lead past the gateway', async (context) => {
    const seen = await world.compare({
      ...launched,
      prepare: (home, side) => {
        const base = side.name === 'direct' ? side.url : 'http://127.0.0.1:9';
        home.write('.claude/settings.json', JSON.stringify({ env: { ANTHROPIC_BASE_URL: base } }));
      },
      act: (side) => side.claude(['-p', 'hello', ...json]),
    });
    expectSame(context, seen);
    expect(seen.through.runs[0]?.code).toBe(0);
  });

  it('[C2 A6] a subscription stays in force', async (context) => {
    const seen = await world.compare({
      ...launched,
      login: 'none',
      env: { CLAUDE_CODE_OAUTH_TOKEN: 'sk-ant-oat01-dummy-token-of-a-test-000000000000AA' },
      act: (side) => side.claude(['-p', 'hello', ...json]),
    });
    expectSame(context, seen);
    expect(seen.through.requests[0]?.headers.some((line) => /^authorization: bearer /i.test(line))).toBe(true);
  });

  it('[A5 F1] the token of the session stays on the machine, even when the model asks for it', async (context) => {
    const command = 'printenv ANTHROPIC_CUSTOM_HEADERS | tee token.txt';
    const seen = await world.compare({
      ...launched,
      env: { ANTHROPIC_CUSTOM_HEADERS: 'x-mine: 1' },
      script: [{ tool_use: { name: 'Bash', input: { command } } }],
      act: async (side) => {
        const run = await side.claude(['-p', 'hello', '--allowedTools', 'Bash']);
        const [, token = ''] = /x-ccproxy-token: *(\S+)/i.exec(readFileSync(join(side.home.work, 'token.txt'), 'utf8')) ?? [];
        return { ...run, stderr: token };
      },
    });
    showRow(context, seen, 'the token is masked');
    const token = seen.raw.through.runs[0]?.stderr ?? '';
    expect(token).toMatch(/^ccp_/);
    const sent = seen.raw.through.requests
      .map(({ headers, rawBody }) => `${JSON.stringify(headers)}${rawBody.toString('utf8')}`)
      .join('\n');
    expect(sent).toContain('x-ccproxy-token');
    expect(sent).not.toContain(token);
    expect(world.daemon.log()).not.toContain(token);
  });

  it('[A1 C11] in a terminal: models are listed, the answer is on the screen, /exit ends it', async (context) => {
    const models: string[] = [];
    const seen = await world.compare({
      ...launched,
      act: async (side) => {
        const terminal = openTerminal(side, [], world.processes);
        try {
          await terminal.shows('❯');
          terminal.type('please say hello');
          await terminal.shows('please say hello');
          terminal.press('Enter');
          const screen = await terminal.shows('● FAKE_OK: please say hello');
          const cache = join(side.home.home, '.claude', 'cache', 'gateway-models.json');
          models.push(await waitFor(() => readFileSync(cache, 'utf8'), { what: 'the list of models' }));
          terminal.type('/exit');
          await terminal.shows('❯ /exit');
          terminal.press('Enter');
          const code = await terminal.exitCode();
          const said = screen.split('\n').filter((line) => /^[●❯] \S/.test(line));
          return { code, signal: null, stdout: `${said.map((line) => line.trimEnd()).join('\n')}\n`, stderr: '' };
        } finally {
          terminal.close();
        }
      },
    });
    // Auto mode tells the API where relative paths of the settings begin; those of the session's settings file do so in its folder.
    expectSame(context, seen, { in: ['request 1, body'], why: 'the folder of the settings file' });
    const [direct = '', through = ''] = [seen.direct, seen.through].map(({ requests }) => requests[0]?.body);
    expect(through.replace(join(world.daemonHome.stateDir, 'run', 'sessions'), world.clientHome.work)).toBe(direct);
    expect(seen.through.runs[0]?.code).toBe(0);
    expect(models[0]).toContain('claude-opus-5-5');
    expect(models[1]).toContain('claude-via-fast');
  });
});

describe('endpoints of the client’s start', () => {
  it('[C11] HEAD /api/hello is answered without a login', async () => {
    const answer = await fetch(`${world.daemon.url}/api/hello`, { method: 'HEAD', headers: { 'user-agent': 'Bun/1.4.4' } });
    expect(answer.status).toBe(200);
  });
});

describe('ccproxy claude without a daemon', () => {
  it('[A2 B4] starts one, and leaves it for the next', async () => {
    using home = createTempHome();
    await using processes = createProcesses();
    home.writeConfig(configFor(world.upstream.url));
    const run = async (...options: string[]) => {
      const args = ['claude', '--state-dir', home.stateDir, '--claude-bin', clientBin(), ...options, '--', '-p', 'hello'];
      const env = home.env({ ANTHROPIC_API_KEY: 'dummy', CLAUDE_CODE_DISABLE_NONESSENTIAL_TRAFFIC: '1', HTTPS_PROXY: world.trap.url });
      return runBin(ccproxyBin, args, { cwd: home.work, env, processes, timeoutMs: 120_000 });
    };
    const refused = await run('--no-start-if-needed');
    expect(refused).toMatchObject({ code: 3, stdout: '' });
    const first = await run();
    expect(first).toMatchObject({ code: 0, stdout: 'FAKE_OK: hello\n' });
    const pid = (): unknown => (JSON.parse(readFileSync(join(home.stateDir, 'run', 'daemon.json'), 'utf8')) as { pid: number }).pid;
    const started = pid();
    expect(await run()).toMatchObject({ code: 0, stdout: 'FAKE_OK: hello\n' });
    expect(pid()).toBe(started);
  });
});
