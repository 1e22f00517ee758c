import { spawn, type ChildProcess } from 'node:child_process';
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { stopDaemon } from '@ccproxy/client';
import { resolvePaths } from '@ccproxy/kernel';
import { afterEach, describe, expect, it } from 'vitest';
import { spawnSuccessor } from './spawn-successor.js';
import { demoOnly, TestDaemons } from './testing/test-daemon.js';

const daemons = new TestDaemons();
const successors: ChildProcess[] = [];
afterEach(async () => {
  for (const child of successors.splice(0)) child.kill('SIGKILL');
  await daemons.end();
});

/** The successor is the built bin, as in production; the predecessor runs in this process. */
async function startOld(root: string) {
  const env = { PATH: process.env['PATH'] ?? '', HOME: root, CC_PROXY_PORT: '0', CC_PROXY_STATE_DIR: root };
  const entry = fileURLToPath(new URL('../bin/ccproxyd.js', import.meta.url));
  return daemons.start(
    root,
    {},
    {
      spawnSuccessor: (request) => {
        const child = spawnSuccessor({ spawn, node: process.execPath, execArgv: [], entry, argv: [], env, request });
        successors.push(child);
        return child;
      },
    },
  );
}

const ask = async (url: string, headers: Record<string, string> = {}): Promise<number> =>
  (
    await fetch(`${url}/v1/messages`, {
      method: 'POST',
      headers: { 'content-type': 'application/json', ...headers },
      body: JSON.stringify({ model: 'm', max_tokens: 9, messages: [{ role: 'user', content: 'hi' }] }),
    })
  ).status;

describe('daemon.restart', () => {
  it('[B6][A2] the successor serves on the same port with the open sessions, the predecessor ends', async () => {
    const old = await startOld(daemons.root());
    const client = await old.client();
    const session = await client.openSession({ client: 'claude', pid: process.pid });
    await client.openLease({ client: 'start', pid: process.pid, pin: true });
    const { oldPid, newPid } = await client.restart();
    expect([oldPid, newPid]).toEqual([process.pid, successors[0]?.pid]);
    await old.daemon.stopped;
    expect(await ask(old.url, { 'x-ccproxy-token': session.token })).toBe(200);
    const next = await old.client();
    expect(await next.status()).toMatchObject({ pid: newPid, url: old.url, pinned: true, draining: false });
    expect(await next.resumeSession({ id: session.id, client: 'claude', pid: process.pid })).toEqual({ known: true });
    expect(JSON.parse(readFileSync(join(old.root, 'run/daemon.json'), 'utf8'))).toMatchObject({ pid: newPid });
    expect((await next.recentLedger(5)).map(({ outcome }) => outcome)).toEqual(['ok']);
    await next.close();
    const paths = resolvePaths({ env: {}, home: '/nowhere', platform: process.platform, stateDir: old.root });
    expect(await stopDaemon({ paths, client: 'test', version: '0', drainMs: 0 })).toMatchObject({ stopped: true, pid: newPid });
  });

  it('[B6] a successor that cannot start is reported with its reason, and the predecessor goes on, twice', async () => {
    const old = await startOld(daemons.root());
    const client = await old.client();
    writeFileSync(join(old.root, 'ccproxy.yaml'), 'models: { default: { provider: nobody } }\n');
    for (let time = 0; time < 2; time += 1) {
      await expect(client.restart()).rejects.toMatchObject({ code: 'CCP_DAEMON_TAKEOVER', message: expect.stringContaining('nobody') });
      expect(await ask(old.url)).toBe(200);
    }
    writeFileSync(join(old.root, 'ccproxy.yaml'), demoOnly);
    expect((await client.restart()).newPid).toBe(successors[2]?.pid);
    await old.daemon.stopped;
    await expect(old.daemon.drain()).resolves.toBeUndefined();
    expect(await ask(old.url)).toBe(200);
  });
});
