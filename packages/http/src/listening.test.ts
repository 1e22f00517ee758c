import { fork } from 'node:child_process';
import { mkdtemp, rm, stat, writeFile } from 'node:fs/promises';
import { get } from 'node:http';
import type { Server } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, describe, expect, it } from 'vitest';
import { startTestServer, type TestServer } from './testing/test-server.js';

const cleanups: (() => Promise<void>)[] = [];
afterEach(async () => {
  for (const cleanup of cleanups.splice(0).toReversed()) await cleanup();
});

async function start(): Promise<TestServer> {
  const server = await startTestServer();
  cleanups.push(() => server.http.close());
  return server;
}

async function makeFolder(): Promise<string> {
  const folder = await mkdtemp(join(tmpdir(), 'ccproxy-http-'));
  cleanups.push(() => rm(folder, { recursive: true }));
  return folder;
}

const overUnix = (socketPath: string, headers: Record<string, string> = {}): Promise<number | undefined> =>
  new Promise((resolve, reject) => {
    get({ socketPath, path: '/health', headers, agent: false }, (response) => {
      response.resume();
      resolve(response.statusCode);
    }).on('error', reject);
  });

/** A process that listens on a free port, hands its listening socket over and ends, like the predecessor at `restart`. */
async function inheritedServer(): Promise<Server> {
  const folder = await makeFolder();
  const script = join(folder, 'predecessor.mjs');
  await writeFile(
    script,
    `import { createServer } from 'node:http';
     const server = createServer((_request, response) => response.end('predecessor')).listen(0, '127.0.0.1', () => process.send('socket', server));
     process.on('message', () => { server.close(); process.disconnect(); });`,
  );
  const child = fork(script, { execArgv: [] });
  const ended = new Promise((resolve) => child.on('exit', resolve));
  const handle = await new Promise<Server>((resolve) => child.once('message', (_message, socket) => resolve(socket as Server)));
  child.send('go');
  await ended;
  return handle;
}

describe('listenTcp', () => {
  it('[A3] [F1] row 14: a taken port is an error that names its owner, and the server can try another', async () => {
    const first = await start();
    const { http } = await startTestServer();
    cleanups.push(() => http.close());
    await http.close();
    const second = await start();
    second.http.servers.tcp.close();
    await expect(second.http.listenTcp({ host: '127.0.0.1', port: first.port })).rejects.toMatchObject({
      code: 'CCP_PORT_TAKEN',
      message: expect.stringMatching(new RegExp(`Port ${first.port} on 127\\.0\\.0\\.1 is taken by .*pid ${process.pid}`)),
      details: { port: first.port, pid: process.pid },
    });
    const { port } = await second.http.listenTcp({ host: '127.0.0.1', port: 0 });
    expect((await fetch(`http://127.0.0.1:${port}/livez`)).status).toBe(200);
  });

  it('says why an address cannot be used', async () => {
    const { http } = await start();
    http.servers.tcp.close();
    await expect(http.listenTcp({ host: '192.0.2.1', port: 0 })).rejects.toMatchObject({ code: 'CCP_LISTEN_FAILED' });
    await expect(http.listenTcp({ fd: 987_654 })).rejects.toMatchObject({ code: 'CCP_LISTEN_FAILED' });
  });

  it('[B2] serves on a socket inherited from a predecessor that has ended', async () => {
    const handle = await inheritedServer();
    const { http } = await start();
    http.servers.tcp.close();
    const { port } = await http.listenTcp({ handle });
    const answer = await fetch(`http://127.0.0.1:${port}/livez`);
    expect(await answer.json()).toEqual({ status: 'alive' });
  });
});

describe('listenUnix', () => {
  it('serves the same application with mode 0600, whatever Host a client sends', async () => {
    const { http, url } = await start();
    const path = join(await makeFolder(), 'gateway.sock');
    await http.listenUnix(path);
    expect((await stat(path)).mode & 0o777).toBe(0o600);
    expect(await overUnix(path)).toBe(200);
    expect(await overUnix(path, { host: 'anything.example' })).toBe(200);
    expect(await overUnix(path, { origin: 'https://evil.example' })).toBe(403);
    expect((await fetch(`${url}/health`)).status).toBe(200);
    await http.close();
    await expect(stat(path)).rejects.toThrow('ENOENT');
  });

  it('[F1] row 13: takes the place of a dead socket, and refuses what is none', async () => {
    const { http } = await start();
    const folder = await makeFolder();
    const file = join(folder, 'file');
    await writeFile(file, 'precious');
    await expect(http.listenUnix(file)).rejects.toMatchObject({ code: 'CCP_SOCKET_PATH', where: { file } });
    await expect(http.listenUnix(join(folder, 'x'.repeat(100)))).rejects.toMatchObject({ code: 'CCP_SOCKET_PATH' });
    await http.listenUnix(join(folder, 'sock'));
    expect(await overUnix(join(folder, 'sock'))).toBe(200);
  });

  it('[B2] a successor replaces the socket, and the end of the predecessor does not take it away', async () => {
    const [predecessor, successor] = [await start(), await start()];
    const path = join(await makeFolder(), 'gateway.sock');
    await predecessor.http.listenUnix(path);
    await successor.http.listenUnix(path);
    await predecessor.http.close();
    expect(await overUnix(path)).toBe(200);
    await successor.http.close();
    await expect(stat(path)).rejects.toThrow('ENOENT');
  });
});
