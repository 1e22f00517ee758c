import { mkdirSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { type CommandRun, runCommand } from '../testing/run-command.js';
import { TestHome } from '../testing/test-home.js';
import Allow from './allow.js';
import Claude from './claude.js';
import Deny from './deny.js';
import Start from './start.js';
import Status from './status.js';

const demo = 'providers: { demo: { type: demo } }\nmodels: { default: { provider: demo } }\n';
let home: TestHome;
beforeEach(() => {
  home = new TestHome();
  mkdirSync(join(home.root, 'bin'));
  mkdirSync(join(home.root, '.ccproxy'), { mode: 0o700 });
  home.write('.ccproxy/ccproxy.yaml', demo);
});
afterEach(() => home.end());

/** A program in the place of the client: writes what it got, asks the gateway once as a client would, and ends with a code of its own. */
function fakeClient(exitCode = 0): void {
  home.write(
    'bin/claude',
    `#!${process.execPath}
import { readFileSync, statSync, writeFileSync } from 'node:fs';
const args = process.argv.slice(2);
const at = args.indexOf('--settings');
const file = at < 0 ? undefined : args[at + 1];
const env = file === undefined ? {} : JSON.parse(readFileSync(file, 'utf8')).env;
let answer = null;
if (env.ANTHROPIC_BASE_URL !== undefined) {
  const headers = { 'content-type': 'application/json', authorization: 'Bearer the-users-own-login' };
  for (const line of env.ANTHROPIC_CUSTOM_HEADERS.split('\\n')) headers[line.slice(0, line.indexOf(':'))] = line.slice(line.indexOf(':') + 1).trim();
  const response = await fetch(env.ANTHROPIC_BASE_URL + '/v1/messages', { method: 'POST', headers, body: JSON.stringify({ model: 'claude-opus-5-5', max_tokens: 9, messages: [{ role: 'user', content: 'hi' }] }) });
  answer = response.status;
}
writeFileSync(${JSON.stringify(join(home.root, 'seen.json'))}, JSON.stringify({ args, env, answer, mode: file === undefined ? null : statSync(file).mode & 0o777, base: process.env.ANTHROPIC_BASE_URL ?? null }));
process.exit(${exitCode});
`,
    0o755,
  );
}

interface Seen {
  readonly args: string[];
  readonly env: Record<string, string>;
  readonly answer: number | null;
  readonly mode: number | null;
  readonly base: string | null;
}
const seen = (): Seen => JSON.parse(readFileSync(join(home.root, 'seen.json'), 'utf8')) as Seen;
/** Beside the client: without `--stay` this very process would turn into it (see the end-to-end tests). */
const run = (argv: string[], env: Record<string, string> = {}): Promise<CommandRun> =>
  runCommand(Claude, ['--stay', ...argv], { ...home.env, ...env });

describe('ccproxy claude', () => {
  it('[A1][B4][A6] starts the daemon, gives the client one settings file with a token of its own, and leaves its exit code', async () => {
    fakeClient(17);
    const theirs = ['-p', 'a prompt\nwith "quotes" and $(things)', '', '--output-format', 'json', '--verbose', '--json'];
    const ended = await run(['--', ...theirs]);
    expect(ended.exitCode).toBe(17);
    const { args, env, answer, mode, base } = seen();
    expect(args[0]).toBe('--settings');
    expect(args.slice(2)).toEqual(theirs);
    expect(mode).toBe(0o600);
    expect(answer).toBe(200);
    expect(base).toBeNull();
    expect(Object.keys(env).toSorted()).toEqual([
      'ANTHROPIC_BASE_URL',
      'ANTHROPIC_CUSTOM_HEADERS',
      'CLAUDE_CODE_ENABLE_GATEWAY_MODEL_DISCOVERY',
      'CLAUDE_CODE_GATEWAY_HINT_HEADERS',
      'ENABLE_TOOL_SEARCH',
      'NO_PROXY',
      'no_proxy',
    ]);
    expect(args.join(' ')).not.toContain(env['ANTHROPIC_CUSTOM_HEADERS']?.split(': ')[1]);
    await expect.poll(() => readdirSync(join(home.state, 'run/sessions'))).toEqual([]);
    expect((await runCommand(Status, ['--json'], home.env)).json()).toMatchObject({ leases: [] });
  });

  it('[A1] arguments that start no session are run as they are, without a daemon', async () => {
    fakeClient();
    expect((await run(['--', '--version'])).exitCode).toBe(0);
    expect(seen()).toMatchObject({ args: ['--version'], env: {} });
    expect((await runCommand(Status, [], home.env)).exitCode).toBe(3);
  });

  it('[B4] with --no-start-if-needed a missing daemon is exit code 3 and says what to do', async () => {
    fakeClient();
    const refused = await run(['--no-start-if-needed', '--', '-p', 'hi']);
    expect([refused.exitCode, refused.stderr]).toEqual([3, expect.stringContaining('ccproxy start')]);
    await runCommand(Start, [], home.env);
    expect((await run(['--no-start-if-needed', '--', '-p', 'hi'])).exitCode).toBe(0);
  });

  it('[B4] names what to do when there is no client, and takes the one named', async () => {
    const missing = await run(['--', '-p', 'hi']);
    expect([missing.exitCode, missing.stderr]).toEqual([expect.any(Number), expect.stringContaining('CCP_CLAUDE_NOT_FOUND')]);
    expect(missing.exitCode).not.toBe(0);
    fakeClient(3);
    const named = await run(['--claude-bin', join(home.root, 'bin/claude'), '--verbose', '--', '--version'], { PATH: '/nonexistent' });
    expect(named.exitCode).toBe(3);
    expect(named.stderr).toContain('from --claude-bin');
  });

  it('[A1] a flag of the client before `--` is wrong usage, not silently taken', async () => {
    fakeClient();
    const wrong = await runCommand(Claude, ['-p', 'hi'], home.env);
    expect([wrong.exitCode, wrong.stderr]).toEqual([2, expect.stringContaining('ccproxy claude -- -p hi')]);
  });

  it('[D4] in an allowed project the session is that of the project; a changed file has no effect and is named', async () => {
    fakeClient();
    home.write('.ccproxy/ccproxy.yaml', `${demo}profiles: { work: { default: default } }\n`);
    const directory = join(home.root, 'app');
    mkdirSync(join(directory, 'sub'), { recursive: true, mode: 0o700 });
    home.write('app/.ccproxy.yaml', 'profile: work\nlimits: { output: 4000 }\n');
    const inside = async (): Promise<CommandRun> => {
      const before = process.cwd();
      process.chdir(join(directory, 'sub'));
      try {
        return await run(['--', '-p', 'hi'], { PWD: join(directory, 'sub') });
      } finally {
        process.chdir(before);
      }
    };
    const stranger = await inside();
    expect(stranger.stderr).toContain('run `ccproxy allow`');
    expect(seen().env['ANTHROPIC_BASE_URL']).not.toContain('/p/');
    const id = (await runCommand(Allow, [directory, '--json'], home.env)).json()['id'] as string;
    const allowed = await inside();
    expect(allowed.stderr).toBe('');
    expect(seen()).toMatchObject({
      env: {
        ANTHROPIC_BASE_URL: expect.stringMatching(new RegExp(`^http://127\\.0\\.0\\.1:\\d+/p/${id}$`)),
        CLAUDE_CODE_MAX_OUTPUT_TOKENS: '4000',
      },
      answer: 200,
    });
    home.write('app/.ccproxy.yaml', 'profile: work\n');
    expect((await inside()).stderr).toContain('was changed since it was allowed');
    expect(seen().env['ANTHROPIC_BASE_URL']).not.toContain('/p/');
    await runCommand(Deny, [directory], home.env);
    expect((await inside()).stderr).toBe('');
  });

  it("[A6] the user's own settings and headers survive", async () => {
    fakeClient();
    await run(['--', '--settings', '{"model":"opus","env":{"MINE":"1","ANTHROPIC_CUSTOM_HEADERS":"x-mine: yes"}}', '-p', 'hi']);
    const { args, env } = seen();
    expect(args.filter((argument) => argument === '--settings')).toHaveLength(1);
    expect(env['MINE']).toBe('1');
    expect(env['ANTHROPIC_CUSTOM_HEADERS']?.split('\n')[0]).toBe('x-mine: yes');
  });
});
