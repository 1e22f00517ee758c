import { once } from 'node:events';
import { existsSync, mkdtempSync, symlinkSync, writeFileSync } from 'node:fs';
import { connect, createServer, type Server } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, describe, expect, it } from 'vitest';
import { prepareSocket } from './published-socket.js';

const servers: Server[] = [];
afterEach(() => servers.splice(0).forEach((server) => server.close()));

async function serve(path: string, greeting: string): Promise<Server> {
  const server = createServer((socket) => socket.end(greeting)).listen(path);
  servers.push(server);
  await once(server, 'listening');
  return server;
}

async function greetingAt(path: string): Promise<string> {
  const socket = connect(path);
  let text = '';
  for await (const chunk of socket) text += String(chunk);
  return text;
}

const platform = 'linux';

describe('prepareSocket', () => {
  it('[F1] a successor takes the path over while the predecessor serves, and the predecessor leaves it alone', async () => {
    const path = join(mkdtempSync(join(tmpdir(), 'ccp-')), 'ipc.sock');
    const first = await prepareSocket(path, { prefix: 'i', pid: 1, platform });
    const old = await serve(first.boundPath, 'old');
    await first.publish();
    const second = await prepareSocket(path, { prefix: 'i', pid: 2, platform });
    await serve(second.boundPath, 'new');
    expect(await greetingAt(path)).toBe('old');
    await second.publish();
    expect(await greetingAt(path)).toBe('new');
    await new Promise((resolve) => old.close(resolve));
    await first.retract();
    expect(await greetingAt(path)).toBe('new');
    await second.retract();
    expect(existsSync(path)).toBe(false);
    await second.retract();
  });

  it('[F1] replaces the dead socket of a killed daemon', async () => {
    const path = join(mkdtempSync(join(tmpdir(), 'ccp-')), 'ipc.sock');
    const dead = await prepareSocket(path, { prefix: 'i', pid: 1, platform });
    await serve(dead.boundPath, 'dead');
    await dead.publish();
    const live = await prepareSocket(path, { prefix: 'i', pid: 1, platform });
    await serve(live.boundPath, 'live');
    await live.publish();
    expect(await greetingAt(path)).toBe('live');
  });

  it('[F1] refuses a file or a link at the path and says which', async () => {
    const folder = mkdtempSync(join(tmpdir(), 'ccp-'));
    writeFileSync(join(folder, 'file'), 'precious');
    symlinkSync('/nowhere', join(folder, 'link'));
    await expect(prepareSocket(join(folder, 'file'), { prefix: 'i', pid: 1, platform })).rejects.toMatchObject({ code: 'CCP_SOCKET_OCCUPIED', message: expect.stringContaining('not a socket') });
    await expect(prepareSocket(join(folder, 'link'), { prefix: 'i', pid: 1, platform })).rejects.toMatchObject({ message: expect.stringContaining('symbolic link') });
  });

  it('[A9] binds a named pipe directly on Windows', async () => {
    const socket = await prepareSocket('\\\\.\\pipe\\ccproxy-x', { prefix: 'i', pid: 1, platform: 'win32' });
    await socket.publish();
    await socket.retract();
    expect(socket.boundPath).toBe('\\\\.\\pipe\\ccproxy-x');
  });
});
