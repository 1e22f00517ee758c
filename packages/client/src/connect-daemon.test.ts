import { mkdirSync, writeFileSync } from 'node:fs';
import { createConnection, createServer } from 'node:net';
import { join } from 'node:path';
import { currentProcessIdentity, silentLogger, systemClock } from '@ccproxy/kernel';
import { FakeClock } from '@ccproxy/kernel/testing';
import { createNetTransport, type IpcServer, serveIpc } from '@ccproxy/ipc';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { connectDaemon } from './connect-daemon.js';
import { retryPause } from './retry-pause.js';
import { createStateDir, type StateDir } from './testing/state-dir.js';

let place: StateDir;
let server: IpcServer | undefined;
beforeEach(() => {
  place = createStateDir();
  mkdirSync(place.paths.runDir, { recursive: true, mode: 0o700 });
});
afterEach(async () => {
  await server?.close();
  server = undefined;
  await place.cleanUp();
});

const serve = async (token = 'secret') => {
  server = await serveIpc({
    transport: createNetTransport(),
    path: place.paths.ipcSocket,
    token,
    bindings: [],
    version: '2.0.0',
    logger: silentLogger,
    clock: systemClock,
  });
};
const record = (change: object = {}) =>
  writeFileSync(place.paths.daemonFile, JSON.stringify({ ...currentProcessIdentity(), port: 1, ...change }));
const connect = (options: { patienceMs?: number; clock?: FakeClock } = {}) =>
  connectDaemon({ paths: place.paths, client: 'test', version: '1.0.0', ...options });

describe('connectDaemon', () => {
  it('connects with the token of the state directory', async () => {
    writeFileSync(place.paths.tokenFile, 'secret\n');
    await serve();
    const connection = await connect();
    expect(connection.server.version).toBe('2.0.0');
    await connection.close();
  });

  it('[A2] says at once that nothing runs, with exit code 3', async () => {
    await expect(connect()).rejects.toMatchObject({ code: 'CCP_DAEMON_NOT_RUNNING', exitCode: 3 });
    writeFileSync(place.paths.tokenFile, 'secret');
    await expect(connect()).rejects.toMatchObject({ code: 'CCP_DAEMON_NOT_RUNNING', hint: 'Start it with `ccproxy start`.' });
  });

  it('[A2] [F1] does not wait for a pid that is another process by now', async () => {
    writeFileSync(place.paths.tokenFile, 'secret');
    record({ startTicks: currentProcessIdentity().startTicks + 1 });
    await expect(connect()).rejects.toMatchObject({ code: 'CCP_DAEMON_NOT_RUNNING' });
  });

  it.each(['daemon.json', 'the lock'])('[A2] waits while the process of %s is alive, until it answers', async (what) => {
    if (what === 'daemon.json') record();
    else writeFileSync(place.paths.lockFile, JSON.stringify(currentProcessIdentity()));
    const connecting = connect({ patienceMs: 20_000 });
    await new Promise((resolve) => setTimeout(resolve, 100));
    writeFileSync(place.paths.tokenFile, 'secret');
    await serve();
    const connection = await connecting;
    expect(connection.closed).toBe(false);
    await connection.close();
  });

  it('[A2] gives up on a live process that never answers, naming it', async () => {
    record();
    const clock = new FakeClock();
    const failure = connect({ clock, patienceMs: 10_000 }).catch((error: unknown) => error);
    let looks = 0;
    for (let settled = false; !settled;) {
      await vi.waitFor(() => expect(clock.pending).toBeGreaterThan(0));
      looks += 1;
      clock.advance(250);
      settled = await Promise.race([failure.then(() => true), new Promise<false>((resolve) => setTimeout(() => resolve(false), 30))]);
    }
    await expect(failure).resolves.toMatchObject({
      code: 'CCP_DAEMON_UNRESPONSIVE',
      exitCode: 1,
      message: expect.stringContaining(`process ${process.pid}`),
    });
    expect(looks).toBeLessThan(60);
  });

  it('passes on what the daemon refuses with', async () => {
    writeFileSync(place.paths.tokenFile, 'of another state directory');
    await serve();
    record();
    await expect(connect()).rejects.toMatchObject({ code: 'CCP_IPC_UNAUTHORIZED' });
  });

  it('[A2] [A4] asks again with the token of the daemon that has just taken over', async () => {
    writeFileSync(place.paths.tokenFile, 'of the one before');
    record();
    await serve();
    // The file changes between the moment it is read and the moment it is used.
    const ipcSocket = join(place.paths.runDir, 'front');
    const front = createServer((socket) => {
      writeFileSync(place.paths.tokenFile, 'secret');
      const behind = createConnection(place.paths.ipcSocket);
      socket.pipe(behind).pipe(socket);
      for (const each of [socket, behind]) each.on('error', () => each.destroy());
    });
    await new Promise<void>((resolve) => front.listen(ipcSocket, resolve));
    const connection = await connectDaemon({ paths: { ...place.paths, ipcSocket }, client: 'test', version: '1.0.0' });
    expect(connection.server.version).toBe('2.0.0');
    await connection.close();
    front.close();
  });
});

describe('retryPause', () => {
  it('grows from 25 to 250 ms and is spread', () => {
    const spread = (attempt: number) => [retryPause(attempt, () => 0), retryPause(attempt, () => 1)];
    expect([spread(0), spread(2), spread(4), spread(5000)]).toEqual([
      [12.5, 25],
      [50, 100],
      [125, 250],
      [125, 250],
    ]);
  });
});
