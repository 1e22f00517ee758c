import { execFileSync } from 'node:child_process';
import { existsSync, mkdirSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { connectDaemon, createDaemonClient } from '@ccproxy/client';
import { renderStub } from '@ccproxy/shell-integration';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { renderExports } from '../render/render-exports.js';
import { renderStatus } from '../render/render-status.js';
import { type CommandRun, runCommand } from '../testing/run-command.js';
import { TestHome } from '../testing/test-home.js';
import Allow from './allow.js';
import Deny from './deny.js';
import Env from './env.js';
import Exec from './exec.js';
import Purge from './purge.js';
import Start from './start.js';

const config = `providers: { demo: { type: demo } }
models: { default: { provider: demo }, other: { provider: demo, model: demo-other } }
profiles: { work: { default: other } }
`;

let home: TestHome;
let directory: string;
beforeEach(() => {
  home = new TestHome();
  mkdirSync(home.state, { mode: 0o700 });
  home.write('.ccproxy/ccproxy.yaml', config);
  directory = join(home.root, 'app');
  mkdirSync(directory, { mode: 0o700 });
  home.write('app/.ccproxy.yaml', 'profile: work\n');
});
afterEach(() => home.end());

const env = (more: Record<string, string> = {}): Record<string, string> => ({ ...home.env, PATH: process.env['PATH'] ?? '', ...more });
const allow = (argv: string[] = [directory]): Promise<CommandRun> => runCommand(Allow, argv, env());
const connect = async () => createDaemonClient(await connectDaemon({ paths: home.paths, client: 'test', version: '0' }));

describe('ccproxy allow', () => {
  it('[D4] shows what changed since the last time, and nothing of a file drives the terminal', async () => {
    const first = await allow();
    expect(first.stdout).toContain(`Allowed: ${directory}`);
    expect(first.stdout).toContain('  + profile: work');
    expect(first.stdout).toContain('It selects: profile work; no rules of its own.');
    home.write(
      'app/.ccproxy.yaml',
      'profile: work # \u202e\nroutes: [{ name: mine, when: { stream: true }, to: default }]\nlimits: { output: 10 }\n',
    );
    const second = await allow();
    expect(second.stdout).toContain('  - profile: work\n  + profile: work # \\u{202e}\n');
    expect(second.stdout).toContain('rules mine; at most 10 output tokens.');
    expect((await allow()).stdout).toContain('Allowed again');
  });

  it('[D4] answers programs, and names what is wrong in the file with its line', async () => {
    expect((await allow([directory, '--json'])).json()).toMatchObject({ path: directory, profile: 'work', known: false, routes: [] });
    home.write('app/.ccproxy.yaml', 'profile: work\nroutes: [{ name: a, when: { stream: true }, to: othr }]\n');
    const wrong = await allow();
    expect([wrong.exitCode, wrong.stderr]).toEqual([2, expect.stringContaining(`${directory}/.ccproxy.yaml:2:`)]);
    expect(wrong.stderr).toContain('Did you mean `other`?');
    expect((await allow([home.root])).stderr).toContain('CCP_PROJECT_FILE_MISSING');
  });

  it('[D4] a running daemon serves it at once, and stops with deny', async () => {
    await runCommand(Start, [], env());
    const { id } = (await allow([directory, '--json'])).json();
    const client = await connect();
    const { url } = await client.status();
    const models = async () => (await fetch(`${url}/p/${String(id)}/v1/models`)).status;
    expect(await models()).toBe(200);
    expect((await runCommand(Deny, [directory, '--json'], env())).json()).toEqual({ path: directory, wasAllowed: true, id });
    expect(await models()).toBe(404);
    const again = await runCommand(Deny, [directory], env());
    expect([again.exitCode, again.stdout]).toEqual([0, expect.stringContaining('was not allowed')]);
    await client.close();
  });
});

describe('ccproxy env', () => {
  it('[D6] gives the variables of the project, which open the gateway in its name', async () => {
    const { id } = (await allow([directory, '--json'])).json();
    const { project, variables } = (await runCommand(Env, [directory, '--json'], env())).json() as {
      project: object;
      variables: Record<string, string>;
    };
    expect(project).toEqual({ id, path: directory, profile: 'work' });
    const { ANTHROPIC_BASE_URL: base = '', ANTHROPIC_CUSTOM_HEADERS: header = '' } = variables;
    const [name = '', token = ''] = header.split(': ');
    const answer = await fetch(`${base}/v1/messages`, {
      method: 'POST',
      headers: { 'content-type': 'application/json', [name]: token },
      body: JSON.stringify({ model: 'x', max_tokens: 9, messages: [{ role: 'user', content: 'hi' }] }),
    });
    expect([answer.status, answer.headers.get('x-ccproxy-target')]).toEqual([200, 'other']);
    expect(variables['CCPROXY_PROFILE']).toBe('work');
    const client = await connect();
    expect(await client.status()).toMatchObject({ autoStop: true, leases: [] });
    await client.close();
  });

  it('[D6] a shell sets exactly these, whatever is in them', async () => {
    await allow();
    const printed = (await runCommand(Env, [directory, '--shell'], env({ ANTHROPIC_CUSTOM_HEADERS: "x-mine: a'b\\c$(touch pwned)" })))
      .stdout;
    expect(printed.split('\n').every((line) => line === '' || /^(?:export [A-Za-z_]+='|x-ccproxy-token: )/.test(line))).toBe(true);
    const shown = execFileSync('sh', ['-c', `${printed}\nprintf '%s' "$ANTHROPIC_CUSTOM_HEADERS"`], { cwd: home.root }).toString();
    expect(shown).toMatch(/^x-mine: a'b\\c\$\(touch pwned\)\nx-ccproxy-token: ccp_[\w-]{43}$/);
    expect(existsSync(join(home.root, 'pwned'))).toBe(false);
    expect(renderExports({ PATH: '/evil', NO_PROXY: 'a' })).toBe("export NO_PROXY='a'");
  });

  it('[D6] is the gateway outside of projects, and an error in one that is not allowed', async () => {
    const outside = (await runCommand(Env, [home.root, '--json'], env())).json() as { project: null; variables: Record<string, string> };
    expect(outside.project).toBeNull();
    expect(outside.variables['ANTHROPIC_BASE_URL']).toMatch(/^http:\/\/127\.0\.0\.1:\d+$/);
    expect(outside.variables['ANTHROPIC_CUSTOM_HEADERS']).toBeUndefined();
    const refused = await runCommand(Env, [directory, '--json'], env());
    expect([refused.exitCode, refused.json()]).toMatchObject([
      2,
      { error: { code: 'CCP_PROJECT_NOT_ALLOWED', details: { standing: 'unknown' } } },
    ]);
    await runCommand(Deny, [directory], env());
    expect((await runCommand(Env, [directory], env())).stderr).toContain('was denied');
  });
});

describe('ccproxy exec', () => {
  const exec = (...argv: string[]): Promise<CommandRun> => runCommand(Exec, ['--stay', ...argv], env());
  const out = (): string => readFileSync(join(home.root, 'out'), 'utf8');
  const write = 'env | sort > "$OUT"';

  it('[D6] runs the command with the variables of the project and a token that ends with it', async () => {
    await allow();
    const ended = await runCommand(Exec, ['--stay', directory, '--', 'sh', '-c', `${write}; exit 7`], env({ OUT: join(home.root, 'out') }));
    expect([ended.exitCode, ended.stderr]).toEqual([7, '']);
    expect(out()).toMatch(/^ANTHROPIC_BASE_URL=http:\/\/127\.0\.0\.1:\d+\/p\/[0-9a-f]{20}$/m);
    const token = /x-ccproxy-token: (ccp_[\w-]{43})/.exec(out())?.[1] ?? '';
    const client = await connect();
    const { url, leases } = await client.status();
    expect(leases).toEqual([]);
    await expect.poll(async () => (await fetch(`${url}/v1/models`, { headers: { 'x-ccproxy-token': token } })).status).toBe(401);
    await client.close();
  });

  it('[D6] has the exit codes of a shell', async () => {
    await allow();
    expect((await exec(directory, '--', 'sh', '-c', 'kill -9 $$')).exitCode).toBe(137);
    expect((await exec(directory, '--', 'no-such-command')).exitCode).toBe(127);
    home.write('plain', 'x');
    expect((await exec(directory, '--', join(home.root, 'plain'))).exitCode).toBe(126);
    expect((await exec(directory)).exitCode).toBe(2);
  });

  it('[D6] refuses a project that is not allowed, before anything runs', async () => {
    const refused = await runCommand(Exec, ['--stay', directory, '--', 'sh', '-c', write], env({ OUT: join(home.root, 'out') }));
    expect([refused.exitCode, refused.stderr]).toEqual([2, expect.stringContaining('CCP_PROJECT_NOT_ALLOWED')]);
    expect(existsSync(join(home.root, 'out'))).toBe(false);
    expect(existsSync(home.paths.daemonFile)).toBe(false);
  });
});

describe('ccproxy purge', () => {
  const folders = (): Record<string, string> => ({
    XDG_DATA_HOME: join(home.root, 'xdg/data'),
    XDG_CONFIG_HOME: join(home.root, 'xdg/config'),
    XDG_CACHE_HOME: join(home.root, 'xdg/cache'),
  });

  it('[B6] removes every trace, stops the daemon, and leaves what is not its own', async () => {
    await allow();
    await runCommand(Start, [], env());
    mkdirSync(join(home.root, 'xdg/cache/ccproxy/compile'), { recursive: true });
    home.write('.ccproxy/notes.txt', 'mine');
    const rc = home.write(
      '.bashrc',
      `alias l=ls\n${renderStub('bash', { hookFile: join(home.state, 'shell/hook.bash'), withClaude: true, createsFile: false })}`,
    );
    const purged = await runCommand(Purge, ['--yes', '--json'], env(folders()));
    expect(purged.exitCode).toBe(0);
    expect(purged.json()).toMatchObject({ purged: true, left: [join(home.state, 'notes.txt')], stopped: expect.any(Number) });
    expect(readdirSync(home.state)).toEqual(['notes.txt']);
    expect(readFileSync(rc, 'utf8')).toBe('alias l=ls\n');
    expect(existsSync(join(home.root, 'xdg/cache/ccproxy'))).toBe(false);
    expect(readFileSync(join(directory, '.ccproxy.yaml'), 'utf8')).toBe('profile: work\n');
    rmSync(join(home.state, 'notes.txt'));
    expect((await runCommand(Purge, ['--yes'], env(folders()))).stdout).toContain('There was nothing to remove.');
    expect(existsSync(home.state)).toBe(false);
  });

  it('[B6] asks, and without a terminal removes nothing', async () => {
    const refused = await runCommand(Purge, [], env(folders()));
    expect([refused.exitCode, refused.stderr]).toEqual([2, expect.stringContaining('--yes')]);
    expect(existsSync(join(home.state, 'ccproxy.yaml'))).toBe(true);
    const kept = await runCommand(Purge, ['--yes', '--keep-config'], env(folders()));
    expect(kept.exitCode).toBe(0);
    expect(readdirSync(home.state)).toEqual(['ccproxy.yaml']);
  });
});

describe('ccproxy status', () => {
  it('[A4] lists the sessions with project, process and age', async () => {
    const { id } = (await allow([directory, '--json'])).json();
    await runCommand(Env, [directory], env());
    const client = await connect();
    await client.openSession({ client: 'ccproxy claude', pid: process.pid, project: String(id) });
    const status = await client.status();
    const text = renderStatus(status, Date.now() + 61_000);
    expect(text).toMatch(new RegExp(`\n {2}ccproxy claude +pid ${process.pid} +for 1 min \\d s +in ${directory}\n`));
    expect(text).toContain('until some time after the last session');
    await client.close();
  });
});
