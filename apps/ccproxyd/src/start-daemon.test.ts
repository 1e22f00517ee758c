import { existsSync, readdirSync, readFileSync, statSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:net';
import { join } from 'node:path';
import { afterEach, describe, expect, it } from 'vitest';
import { demoOnly, TestDaemons } from './testing/test-daemon.js';

const daemons = new TestDaemons();
afterEach(() => daemons.end());

const ask = (url: string, body: object = {}, headers: Record<string, string> = {}): Promise<Response> =>
  fetch(`${url}/v1/messages`, {
    method: 'POST',
    headers: { 'content-type': 'application/json', ...headers },
    body: JSON.stringify({ model: 'claude-opus-5-5', max_tokens: 64, messages: [{ role: 'user', content: 'hello' }], ...body }),
  });

describe('startDaemon', () => {
  it('[B1] serves HTTP and IPC, says what it is, and leaves nothing of its run behind', async () => {
    const { root, daemon, url, client } = await daemons.start();
    const answer = await ask(url);
    expect(answer.status).toBe(200);
    expect(await answer.json()).toMatchObject({ type: 'message', role: 'assistant' });
    const status = await (await client()).status();
    expect(status).toMatchObject({
      pid: process.pid,
      url,
      host: '127.0.0.1',
      configFile: join(root, 'ccproxy.yaml'),
      draining: false,
      pinned: false,
    });
    expect(JSON.parse(readFileSync(join(root, 'run/daemon.json'), 'utf8'))).toMatchObject({
      pid: process.pid,
      port: status.port,
      refcount: 0,
    });
    expect(readFileSync(join(root, 'run/ccproxy.pid'), 'utf8')).toBe(`${process.pid}\n`);
    for (const path of ['run', 'run/ipc.sock', 'run/gateway.sock', 'run/token', 'run/daemon.json', 'logs/ccproxy.log'])
      expect(statSync(join(root, path)).mode & 0o077).toBe(0);
    await daemon.drain();
    expect(readdirSync(join(root, 'run')).toSorted()).toEqual(['sessions', 'token']);
    await expect(ask(url)).rejects.toThrow('fetch failed');
  });

  it('[A2] a second daemon in the same state directory says who runs and leaves the first alone', async () => {
    const { root, url } = await daemons.start();
    await expect(daemons.start(root)).rejects.toMatchObject({
      code: 'CCP_DAEMON_RUNNING',
      message: expect.stringContaining(String(process.pid)),
    });
    expect((await ask(url)).status).toBe(200);
  });

  it('[A3] an explicit port that is taken is an error naming its owner, and nothing stays behind', async () => {
    const taken = createServer().listen(0, '127.0.0.1');
    await new Promise((resolve) => taken.once('listening', resolve));
    const { port } = taken.address() as { port: number };
    const root = daemons.root();
    await expect(daemons.start(root, { port })).rejects.toMatchObject({
      code: 'CCP_PORT_TAKEN',
      message: expect.stringContaining(String(port)),
      details: { pid: process.pid },
    });
    taken.close();
    expect(readdirSync(join(root, 'run')).toSorted()).toEqual(['sessions', 'token']);
    expect((await ask((await daemons.start(root, { port })).url)).status).toBe(200);
  });

  it('[A2] a session opens a lease and a gateway token, and both end with its connection', async () => {
    const { root, url, daemon, client } = await daemons.start();
    const connection = await client();
    const session = await connection.openSession({ client: 'claude', pid: process.pid });
    expect(session).toMatchObject({ url, capabilities: { toolSearch: true, hintHeaders: true, modelDiscovery: true } });
    expect((await ask(url, {}, { 'x-ccproxy-token': session.token })).status).toBe(200);
    expect(daemon.status().leases).toMatchObject([{ client: 'claude', pid: process.pid }]);
    await expect.poll(() => JSON.parse(readFileSync(join(root, 'run/daemon.json'), 'utf8')).refcount).toBe(1);
    await connection.close();
    await expect.poll(() => daemon.status().leases).toEqual([]);
    const refused = await ask(url, {}, { 'x-ccproxy-token': session.token });
    expect([refused.status, refused.headers.get('x-should-retry')]).toEqual([401, 'false']);
  });

  it('[A2] a session that survived the daemon is accepted by the next one and can be resumed', async () => {
    const first = await daemons.start();
    const session = await (await first.client()).openSession({ client: 'claude', pid: process.pid });
    await first.daemon.drain();
    const second = await daemons.start(first.root);
    expect((await ask(second.url, {}, { 'x-ccproxy-token': session.token })).status).toBe(200);
    const connection = await second.client();
    expect(await connection.resumeSession({ id: session.id, client: 'claude', pid: process.pid })).toEqual({ known: true });
    expect(await connection.resumeSession({ id: 'ses_other', client: 'claude', pid: process.pid })).toEqual({ known: false });
    await connection.close();
    await expect.poll(() => existsSync(join(first.root, 'run/sessions', `${session.id}.session`))).toBe(false);
  });

  it('[F1] stops over IPC: an open stream may end, new requests are refused, the daemon says when it is gone', async () => {
    const { url, daemon, client } = await daemons.start(daemons.root(demoOnly.replace('1s', '20s')));
    const open = await ask(url, { stream: true, model: 'demo-slow' });
    const reader = open.body?.getReader();
    await reader?.read();
    expect(await (await client()).stop()).toMatchObject({ pid: process.pid, drainTimeoutMs: 20_000 });
    expect(daemon.status().draining).toBe(true);
    let text = '';
    for (let part = await reader?.read(); part?.done === false; part = await reader?.read()) text += new TextDecoder().decode(part.value);
    expect(text).toContain('event: message_stop');
    await daemon.stopped;
  });

  it('[F1] a stream that outlives the drain ends with an SSE error, not with a fake end', async () => {
    const { url, daemon } = await daemons.start();
    const open = await ask(url, { stream: true, model: 'demo-slow', messages: [{ role: 'user', content: 'word '.repeat(5000) }] });
    const text = open.text();
    await daemon.drain(300);
    const end = await text.catch((error: Error) => error.message);
    expect(end).not.toContain('event: message_stop');
    expect(end).toContain('event: error');
  });

  it('[B5] logs where the configuration came from, and follows the log over IPC', async () => {
    const { root, url, client } = await daemons.start();
    const lines: string[] = [];
    const connection = await client();
    const subscription = connection.followLogs({}, (line) => void lines.push(line));
    await expect.poll(async () => (await ask(url), lines.some((line) => line.includes('"path":"/v1/messages"')))).toBe(true);
    subscription.cancel();
    await subscription.ended;
    expect(await connection.activeConfig()).toMatchObject({
      file: join(root, 'ccproxy.yaml'),
      yaml: expect.stringContaining('type: demo'),
    });
    expect(readFileSync(join(root, 'logs/ccproxy.log'), 'utf8')).toContain(join(root, 'ccproxy.yaml'));
  });

  it('[C17][C10] the ledger and the health of the modules are reachable', async () => {
    const { root, url, client } = await daemons.start();
    await ask(url);
    const connection = await client();
    expect(await connection.recentLedger(5)).toMatchObject([{ target: 'default', provider: 'demo', outcome: 'ok' }]);
    // A decision is written down when the response has closed, which may be after the client has read it.
    await expect.poll(() => connection.recentDecisions(5)).toMatchObject([{ route: 'default' }]);
    const token = readFileSync(join(root, 'run/token'), 'utf8').trim();
    const health = await fetch(`${url}/health`, { headers: { 'x-ccproxy-token': token } });
    expect(await health.json()).toMatchObject({ status: 'ok', ledger: { attempts: 1 }, providers: [{ name: 'demo', available: true }] });
    expect(Object.keys((await (await fetch(`${url}/health`)).json()) as object)).toEqual(['status', 'timestamp', 'active_agents']);
  });

  it.each([
    [
      'a configuration that is not valid',
      (root: string) => writeFileSync(join(root, 'ccproxy.yaml'), 'providers: { demo: { typ: demo } }\n'),
      { exitCode: 2, where: { line: 1 } },
    ],
    [
      "another tool's file",
      (root: string) => writeFileSync(join(root, 'ccproxy.yaml'), 'litellm:\n  host: x\n'),
      { code: 'CCP_CONFIG_FOREIGN', exitCode: 2 },
    ],
    [
      'a file in the place of the gateway socket',
      (root: string) => writeFileSync(join(root, 'run/gateway.sock'), 'precious'),
      { code: 'CCP_SOCKET_PATH' },
    ],
    [
      'a file in the place of the control socket',
      (root: string) => writeFileSync(join(root, 'run/ipc.sock'), 'precious'),
      { code: 'CCP_SOCKET_PATH' },
    ],
  ])('[F1] bad input: %s', async (_name, spoil, expected) => {
    const root = daemons.root();
    spoil(root);
    await expect(daemons.start(root)).rejects.toMatchObject(expected);
    expect(existsSync(join(root, 'run/lock'))).toBe(false);
  });

  it('[A2] stale state of a killed daemon is no obstacle: dead pid, dead lock, dead sockets', async () => {
    const root = daemons.root();
    writeFileSync(join(root, 'run/ccproxy.pid'), '99999999\n');
    writeFileSync(join(root, 'run/lock'), JSON.stringify({ pid: 99_999_999, startTicks: 1, bootId: 'x', nonce: 'n' }));
    writeFileSync(join(root, 'run/daemon.json'), '{"pid": 99999999, "po');
    expect((await ask((await daemons.start(root)).url)).status).toBe(200);
  });
});
