import { execFile } from 'node:child_process';
import { existsSync, mkdtempSync, readdirSync, readFileSync, statSync, symlinkSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { acquireLock, ensurePrivateDir, kernelErrors, resolvePaths, systemClock } from '@ccproxy/kernel';
import { sourceProcessArgs } from '@ccproxy/ipc/testing';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { connectDaemon } from './connect-daemon.js';
import { ensureDaemon } from './ensure-daemon.js';
import { spawnDaemon, type SpawnedDaemon } from './spawn-daemon.js';
import { stopDaemon } from './stop-daemon.js';
import { createStateDir, fakeDaemon, type StateDir } from './testing/state-dir.js';

const run = promisify(execFile);
const scale = Number(process.env['CCPROXY_TEST_SCALE'] ?? 1);
let place: StateDir;
beforeEach(() => {
  place = createStateDir();
});
afterEach(() => place.cleanUp());

const ensure = (behaviour = '') =>
  ensureDaemon({ paths: place.paths, client: 'test', version: '1.2.3', patienceMs: 25_000, spawnDaemon: () => place.spawn(behaviour) });
const starts = (): string[] => readFileSync(join(place.dir, 'starts'), 'utf8').trim().split('\n');

describe('ensureDaemon', () => {
  it('[A2] starts a daemon when none runs, and reuses it afterwards', async () => {
    const first = await ensure();
    const second = await ensure();
    expect([first.started, second.started]).toEqual([true, false]);
    expect(second.connection.server.pid).toBe(first.connection.server.pid);
    await Promise.all([first.connection.close(), second.connection.close()]);
    expect(existsSync(join(place.paths.runDir, 'start.lock'))).toBe(false);
  });

  it('[A2] waits for a daemon somebody else is starting', async () => {
    const other = await place.spawn('slow');
    await vi.waitFor(() => expect(existsSync(place.paths.lockFile)).toBe(true), { timeout: 20_000 });
    const { connection, started } = await ensure();
    await other.ready;
    expect({ started, pid: connection.server.pid }).toEqual({ started: false, pid: other.pid });
    await connection.close();
    other.release();
  });

  it('[A2] [A4] [F1] of fifty callers at once, in ten processes, every one gets the same daemon', { timeout: 180_000 }, async () => {
    const race = fileURLToPath(new URL('./testing/race.ts', import.meta.url));
    const racers = Array.from({ length: 10 * scale }, () =>
      run(process.execPath, sourceProcessArgs(race, place.dir, fakeDaemon, '5'), { timeout: 170_000 }),
    );
    const results = (await Promise.all(racers)).flatMap(({ stdout }) => JSON.parse(stdout) as { pid: number; started: boolean }[]);
    expect(results).toHaveLength(50 * scale);
    expect(new Set(results.map(({ pid }) => pid)).size).toBe(1);
    expect(results.filter(({ started }) => started)).toHaveLength(1);
    expect(starts()).toEqual([String(results[0]?.pid)]);
  });

  it('[F1] row 13: puts nothing behind a state directory that is a link', async () => {
    const elsewhere = mkdtempSync(join(place.dir, 'elsewhere-'));
    const link = join(place.dir, 'link');
    symlinkSync(elsewhere, link);
    const paths = resolvePaths({ env: {}, home: undefined, platform: process.platform, stateDir: link });
    const options = { paths, client: 'test', version: '1.2.3', spawnDaemon: () => Promise.reject(new Error('must not start')) };
    await expect(ensureDaemon(options)).rejects.toMatchObject({ code: 'CCP_DIR_UNSAFE' });
    await expect(stopDaemon(options)).rejects.toMatchObject({ code: 'CCP_DIR_UNSAFE' });
    expect(readdirSync(elsewhere)).toEqual([]);
  });

  it('[A2] gets the reason of a daemon that fails, in its own words', async () => {
    await expect(ensure('crash')).rejects.toMatchObject({
      code: 'CCP_DAEMON_START_FAILED',
      message: expect.stringMatching(/exit code 7[^]*the last words of the fake daemon/),
    });
    const lock = await acquireLock(place.paths.lockFile, { clock: systemClock, waitMs: 0 });
    const failed = await place.spawn();
    await expect(failed.ready).rejects.toMatchObject({
      code: 'CCP_LOCK_HELD',
      retryable: true,
      message: expect.stringContaining(`process ${process.pid}`),
    });
    await lock.release();
  });
});

describe('ensureDaemon with a daemon that does not come up', () => {
  const silent = { pid: 2 ** 22 + 1, ready: new Promise<void>(() => {}), running: () => true, release: () => {} };
  const failing = (code: 'CCP_LOCK_HELD' | 'CCP_DISK_FULL') => ({
    ...silent,
    ready: Promise.reject(kernelErrors[code]({ message: code })),
  });
  const ensureWith = (spawnDaemon: () => Promise<SpawnedDaemon>, patienceMs = 20_000) =>
    ensureDaemon({ paths: place.paths, client: 'test', version: '1', patienceMs, spawnDaemon });

  it('[A2] gives up on one that never answers', async () => {
    await expect(ensureWith(async () => silent, 300)).rejects.toMatchObject({ code: 'CCP_DAEMON_UNRESPONSIVE' });
  });

  it('passes its coded error on', async () => {
    await expect(ensureWith(async () => failing('CCP_DISK_FULL'))).rejects.toMatchObject({ code: 'CCP_DISK_FULL' });
  });

  it('[A2] uses the one that was faster', async () => {
    let pid = 0;
    const { connection, started } = await ensureWith(async () => {
      const other = await place.spawn();
      await other.ready;
      other.release();
      pid = other.pid;
      return failing('CCP_LOCK_HELD');
    });
    expect({ pid: connection.server.pid, started }).toEqual({ pid, started: false });
    await connection.close();
  });

  it('says so when whoever was faster is gone again', async () => {
    await expect(ensureWith(async () => failing('CCP_LOCK_HELD'))).rejects.toMatchObject({ code: 'CCP_LOCK_HELD' });
  });

  it('waits for the start lock no longer than it was told', async () => {
    await ensurePrivateDir(place.paths.runDir);
    const lock = await acquireLock(join(place.paths.runDir, 'start.lock'), { clock: systemClock, waitMs: 0 });
    await expect(ensureWith(() => place.spawn(), 200)).rejects.toMatchObject({ code: 'CCP_LOCK_HELD' });
    await lock.release();
  });
});

describe('spawnDaemon', () => {
  it('[A1] detaches from the caller: root directory, own session, only the given environment, output in a private log', async () => {
    const daemon = await place.spawn('echo-environment', { SECRET: 'only-here', PATH: process.env['PATH'] });
    await daemon.ready;
    daemon.release();
    const seen = JSON.parse(readFileSync(join(place.dir, 'seen'), 'utf8')) as { cwd: string; env: Record<string, string>; argv: string[] };
    expect(seen.cwd).toBe('/');
    expect(seen.env['SECRET']).toBe('only-here');
    expect(seen.env['HOME']).toBeUndefined();
    expect(JSON.stringify(seen.argv)).not.toContain('only-here');
    expect(statSync(place.paths.logFile).mode & 0o777).toBe(0o600);
    const connection = await connectDaemon({ paths: place.paths, client: 'test', version: '1' });
    expect(connection.server.pid).toBe(daemon.pid);
    await connection.close();
  });

  it('says why when there is no such program', async () => {
    const daemon = await spawnDaemon({ node: join(place.dir, 'no-node'), entry: 'x', args: [], env: {}, logFile: place.paths.logFile });
    await expect(daemon.ready).rejects.toMatchObject({ code: 'CCP_DAEMON_START_FAILED', message: expect.stringContaining('ENOENT') });
    daemon.release();
  });

  it('leaves the daemon running when its starter ends', async () => {
    const { stdout } = await run(
      process.execPath,
      sourceProcessArgs(fileURLToPath(new URL('./testing/race.ts', import.meta.url)), place.dir, fakeDaemon, '1'),
    );
    const connection = await connectDaemon({ paths: place.paths, client: 'test', version: '1' });
    expect(connection.server.pid).toBe((JSON.parse(stdout) as { pid: number }[])[0]?.pid);
    await connection.close();
    await expect(stopDaemon({ paths: place.paths, client: 'test', version: '1' })).resolves.toMatchObject({
      stopped: true,
      forced: undefined,
    });
  });
});
