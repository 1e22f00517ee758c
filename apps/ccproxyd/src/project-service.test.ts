import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, readFileSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Selectable } from '@ccproxy/config';
import { resolvePaths, systemClock } from '@ccproxy/kernel';
import { allowProject, denyProject, projectPlaces, type ProjectRecord } from '@ccproxy/projects';
import { afterEach, describe, expect, it } from 'vitest';
import { shellAddress } from './shell-address.js';
import { type TestDaemon, TestDaemons } from './testing/test-daemon.js';

const daemons = new TestDaemons();
afterEach(() => daemons.end());

const config = `server: { drainTimeout: 1s, idleShutdown: 1s }
providers: { demo: { type: demo } }
models: { default: { provider: demo }, other: { provider: demo, model: demo-other } }
profiles: { work: { default: other } }
`;

const placesOf = (root: string) =>
  projectPlaces(resolvePaths({ env: {}, home: '/nowhere', platform: process.platform, stateDir: root }), systemClock);

/** What `ccproxy allow` does, without telling a daemon. */
async function allow(root: string, directory: string, selectable: Selectable): Promise<ProjectRecord> {
  const features = { toolSearch: false, hintHeaders: true, modelDiscovery: true };
  const uid = process.getuid?.();
  return (await allowProject({ places: placesOf(root), directory, selectable, features, uid, clock: systemClock })).record;
}

async function world(): Promise<TestDaemon & { record: ProjectRecord; directory: string }> {
  const started = await daemons.start(daemons.root(config));
  const directory = daemons.project(started.root, 'profile: work\n');
  const record = await allow(started.root, directory, started.daemon.loaded.config);
  await (await started.client()).reloadProjects();
  return { ...started, record, directory };
}

const ask = (url: string, headers: Record<string, string> = {}): Promise<Response> =>
  fetch(`${url}/v1/messages`, {
    method: 'POST',
    headers: { 'content-type': 'application/json', ...headers },
    body: JSON.stringify({ model: 'claude-opus-5-5', max_tokens: 9, messages: [{ role: 'user', content: 'hi' }] }),
  });
const epoch = (root: string): string => readFileSync(join(root, 'shell/epoch'), 'utf8');

describe('projects in a daemon', () => {
  it('[D4] serves the stored copy below /p/<id>/, by its own token too, until it is denied', async () => {
    const { root, url, daemon, client, record, directory } = await world();
    const base = `${url}/p/${record.id}`;
    expect((await ask(base)).headers.get('x-ccproxy-target')).toBe('other');
    const token = await placesOf(root).store.token(record.id);
    const known = await ask(url, { 'x-ccproxy-token': token ?? '' });
    expect(known.status).toBe(200);
    expect(daemon.status().health).toMatchObject({ projects: { projects: 1 } });
    writeFileSync(join(directory, '.ccproxy.yaml'), 'routes: [{ name: evil, when: { model: "*" }, to: default }]\n');
    await new Promise((resolve) => setTimeout(resolve, 1100));
    expect((await ask(base)).headers.get('x-ccproxy-target')).toBe('other');
    await denyProject(placesOf(root), directory);
    expect(await (await client()).reloadProjects()).toEqual({ projects: 0 });
    const gone = await ask(base);
    expect([gone.status, gone.headers.get('x-ccproxy-error'), gone.headers.get('x-should-retry')]).toEqual([
      404,
      'CCP_PROJECT_UNKNOWN',
      'false',
    ]);
    expect((await ask(url, { 'x-ccproxy-token': token ?? '' })).status).toBe(401);
    expect(readFileSync(join(root, 'logs/ccproxy.log'), 'utf8')).not.toContain(token);
  });

  it('[C14][D4] selects among what the changed configuration has, and says what is missing', async () => {
    const { root, url, client, record } = await world();
    const base = `${url}/p/${record.id}`;
    const reload = async (text: string): Promise<void> => {
      writeFileSync(join(root, 'ccproxy.yaml'), text, { mode: 0o600 });
      await (await client()).reloadConfig();
    };
    expect((await ask(base)).headers.get('x-ccproxy-target')).toBe('other');
    await reload(config.replace('work: { default: other }', 'play: { default: other }'));
    await expect.poll(async () => (await ask(base)).headers.get('x-ccproxy-error')).toBe('CCP_PROJECT_BROKEN');
    expect((await ask(url)).status).toBe(200);
    await reload(config.replace('work: { default: other }', 'work: { default: default }'));
    await expect.poll(async () => (await ask(base)).headers.get('x-ccproxy-target')).toBe('default');
  });

  it('[D4] a session in a project says so in status, and gets what the project selects', async () => {
    const { daemon, client, record, directory } = await world();
    const connection = await client();
    const session = await connection.openSession({ client: 'ccproxy claude', pid: process.pid, project: record.id });
    expect(session.project).toEqual({ id: record.id, profile: 'work', outputLimit: null });
    expect(daemon.status().leases).toMatchObject([{ client: 'ccproxy claude', project: directory }]);
    await expect(connection.openSession({ client: 'x', pid: 1, project: '0'.repeat(20) })).rejects.toMatchObject({
      code: 'CCP_PROJECT_UNKNOWN',
    });
    const again = await client();
    expect(await again.resumeSession({ id: session.id, client: 'ccproxy claude', pid: process.pid, project: record.id })).toEqual({
      known: true,
    });
    expect(daemon.status().leases.map(({ project }) => project)).toEqual([directory, directory]);
  });

  it('[D2] tells shells where it serves, and that it stopped', async () => {
    const { root, daemon, url, record, directory } = await world();
    const { port } = new URL(url);
    expect(epoch(root)).toMatch(new RegExp(`^1 [a-z0-9]+ 4 ${port} ${process.pid}\n$`));
    const mark = join(root, 'shell', `epoch.${epoch(root).split(' ')[1]}`);
    expect(existsSync(mark)).toBe(true);
    expect(readFileSync(join(root, 'env', directory, '.ccproxy-env'), 'utf8')).toContain(`\0ANTHROPIC_BASE_URL=/p/${record.id}\0`);
    await daemon.drain();
    expect(epoch(root)).toMatch(/ 4 0 0\n$/);
    expect(existsSync(mark)).toBe(false);
  });

  it('[D2] repairs what shells read when it starts: a lost entry, the features of its configuration', async () => {
    const { root, daemon, directory, record } = await world();
    await daemon.drain();
    rmSync(join(root, 'env'), { recursive: true });
    await daemons.start(root);
    const entry = join(root, 'env', directory);
    expect(readdirSync(entry).toSorted()).toEqual(['.ccproxy-env', '.ccproxy-trusted.0']);
    const environment = readFileSync(join(entry, '.ccproxy-env'), 'utf8');
    expect(environment).toContain(`/p/${record.id}\0`);
    expect(environment).toContain('\0ENABLE_TOOL_SEARCH=true\0');
  });
});

describe('a session held by a process', () => {
  it('[A4] ends with that process and not with the connection, also over the end of the daemon', async () => {
    const { root, daemon, client, url } = await daemons.start();
    const child = spawn(process.execPath, ['-e', 'setInterval(() => {}, 1e6)']);
    await once(child, 'spawn');
    const pid = child.pid ?? 0;
    const connection = await client();
    const session = await connection.openSession({ client: 'ccproxy claude', pid, heldBy: 'process' });
    await expect(connection.openSession({ client: 'x', pid: 2 ** 22 + 1, heldBy: 'process' })).rejects.toMatchObject({
      code: 'CCP_DAEMON_NO_PROCESS',
    });
    await connection.close();
    const headers = { 'x-ccproxy-token': session.token };
    expect((await ask(url, headers)).status).toBe(200);
    await daemon.drain(0);
    const next = await daemons.start(root);
    expect(next.daemon.status().leases).toMatchObject([{ client: 'ccproxy claude', pid }]);
    expect((await ask(next.url, headers)).status).toBe(200);
    child.kill('SIGKILL');
    await expect.poll(() => next.daemon.status().leases, { timeout: 20_000 }).toEqual([]);
    expect((await ask(next.url, headers)).status).toBe(401);
    await expect.poll(() => readdirSync(join(root, 'run/sessions'))).toEqual([]);
  });
});

describe('a session whose client did not come back after a restart', () => {
  it('[A4][F1] ends with its process', async () => {
    const { root, daemon, client } = await daemons.start();
    const child = spawn(process.execPath, ['-e', 'setInterval(() => {}, 1e6)']);
    await once(child, 'spawn');
    const session = await (await client()).openSession({ client: 'ccproxy claude', pid: child.pid ?? 0 });
    await daemon.drain(0);
    const next = await daemons.start(root);
    const headers = { 'x-ccproxy-token': session.token };
    expect((await ask(next.url, headers)).status).toBe(200);
    child.kill('SIGKILL');
    await expect.poll(async () => (await ask(next.url, headers)).status, { timeout: 20_000 }).toBe(401);
    await expect.poll(() => readdirSync(join(root, 'run/sessions'))).toEqual([]);
  });
});

describe('an automatically started daemon', () => {
  const idle = config.replace('idleShutdown: 1s', 'idleShutdown: 200ms');

  it('[A4] stops after the last session, and shells hear of it', async () => {
    const { root, daemon, client } = await daemons.start(daemons.root(idle), { auto: true });
    expect(daemon.status()).toMatchObject({ autoStop: true, pinned: false });
    const session = await client();
    await session.openSession({ client: 'ccproxy claude', pid: process.pid });
    const second = await client();
    await second.openLease({ client: 'ccproxy exec', pid: process.pid });
    await session.close();
    await expect.poll(() => daemon.status().leases.length).toBe(1);
    await second.close();
    await daemon.stopped;
    expect(epoch(root)).toMatch(/ 0 0\n$/);
    expect(readdirSync(join(root, 'run')).toSorted()).toEqual(
      ['port', 'sessions', 'token'].filter((name) => existsSync(join(root, 'run', name))),
    );
  });

  it('[A4] refuses sessions from the moment it stops, so that a client waits for the next one', async () => {
    const { daemon, client } = await daemons.start(daemons.root(idle));
    const connection = await client();
    const streaming = fetch(`${daemon.status().url}/v1/messages`, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify({ model: 'x', max_tokens: 9, stream: true, messages: [{ role: 'user', content: 'slow' }] }),
    });
    const drained = daemon.drain(300);
    await expect(connection.openSession({ client: 'late', pid: 1 })).rejects.toMatchObject({ code: 'CCP_DAEMON_STOPPING' });
    await streaming.catch(() => undefined);
    await drained;
  });

  it('[A4] stays after a request from outside, and does not count those that only look', async () => {
    const start = async () => {
      const { daemon, client, url } = await daemons.start(daemons.root(idle), { auto: true });
      const connection = await client();
      await connection.openLease({ client: 'x', pid: 1 });
      return { daemon, connection, url };
    };
    const [kept, left] = [await start(), await start()];
    expect((await ask(kept.url)).status).toBe(200);
    for (const path of ['/livez', '/readyz', '/health']) await fetch(`${left.url}${path}`);
    await Promise.all([kept.connection.close(), left.connection.close()]);
    await left.daemon.stopped;
    expect((await ask(kept.url)).status).toBe(200);
  });

  it('[A4] stays while a project is allowed, and when it is pinned', async () => {
    const { root, daemon, client, url } = await daemons.start(daemons.root(idle), { auto: true });
    const directory = daemons.project(root, '');
    await allow(root, directory, daemon.loaded.config);
    const connection = await client();
    await connection.reloadProjects();
    await connection.openLease({ client: 'x', pid: 1 });
    await connection.close();
    await new Promise((resolve) => setTimeout(resolve, 600));
    const again = await client();
    expect((await again.status()).autoStop).toBe(true);
    await denyProject(placesOf(root), directory);
    await again.openLease({ client: 'ccproxy start', pid: 1, pin: true });
    await again.reloadProjects();
    await again.close();
    await new Promise((resolve) => setTimeout(resolve, 600));
    expect((await fetch(`${url}/livez`)).status).toBe(200);
    expect(daemon.status()).toMatchObject({ autoStop: false, pinned: true });
  });
});

describe('shellAddress', () => {
  it.each([
    ['127.0.0.1', { family: 4, port: 5, pid: 9 }],
    ['0.0.0.0', { family: 4, port: 5, pid: 9 }],
    ['::1', { family: 6, port: 5, pid: 9 }],
    ['::', { family: 6, port: 5, pid: 9 }],
    ['192.168.1.7', { family: 4, port: 0, pid: 0 }],
    ['127.0.0.2', { family: 4, port: 0, pid: 0 }],
  ])('[D2] a gateway on %s is found by shells at %j', (address, expected) => {
    expect(shellAddress({ address, port: 5 }, 9)).toEqual(expected);
  });
});
