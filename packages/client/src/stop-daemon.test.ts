import { existsSync, mkdirSync, writeFileSync } from 'node:fs';
import { currentProcessIdentity, isAlive, readProcessIdentity } from '@ccproxy/kernel';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { readDaemonState, writeDaemonState } from './daemon-files.js';
import { parseDaemonState } from './daemon-state.js';
import { stopDaemon, type StopDaemonOptions } from './stop-daemon.js';
import { createStateDir, type StateDir } from './testing/state-dir.js';

let place: StateDir;
beforeEach(() => {
  place = createStateDir();
});
afterEach(() => place.cleanUp());

const stop = (options: Partial<StopDaemonOptions> = {}) => stopDaemon({ paths: place.paths, client: 'test', version: '1', ...options });
const running = async (behaviour = '') => {
  const daemon = await place.spawn(behaviour);
  await daemon.ready;
  daemon.release();
  return daemon.pid;
};
const files = () => [place.paths.daemonFile, place.paths.pidFile, place.paths.ipcSocket].filter((file) => existsSync(file));

describe('stopDaemon', () => {
  it('[B2] asks, waits for the process to end, and leaves nothing', async () => {
    const pid = await running();
    await expect(stop({ drainMs: 1000 })).resolves.toEqual({ stopped: true, pid, forced: undefined });
    expect(isAlive({ pid, startTicks: 0, bootId: '' })).toBe(false);
    expect(files()).toEqual([]);
  });

  it('[B2] a daemon that does not run is a success', async () => {
    await expect(stop()).resolves.toEqual({ stopped: false, reason: 'The daemon was not running.' });
    await running();
    await stop();
    await expect(stop()).resolves.toMatchObject({ stopped: false });
  });

  it('[B2] cleans up after one that was killed', async () => {
    const pid = await running();
    process.kill(pid, 'SIGKILL');
    expect(files()).toHaveLength(3);
    await expect(stop()).resolves.toMatchObject({ stopped: false });
    expect(files()).toEqual([]);
  });

  it('[B2] forces one that does not go', { timeout: 60_000 }, async () => {
    const pid = await running('stubborn');
    await expect(stop({ drainMs: 0, forceAfterMs: 100 })).resolves.toEqual({ stopped: true, pid, forced: 'SIGKILL' });
    expect(files()).toEqual([]);
  });

  it('[B2] forces one that hangs', { timeout: 60_000 }, async () => {
    const pid = await running();
    process.kill(pid, 'SIGSTOP');
    await expect(stop({ patienceMs: 300 })).resolves.toEqual({ stopped: true, pid, forced: 'SIGKILL' });
  });

  it('[A2] [B2] [F1] never signals a process that only has the recorded pid', async () => {
    const signals: string[] = [];
    const own = currentProcessIdentity();
    const state = parseDaemonState(JSON.stringify({ ...own, port: 1, startTicks: own.startTicks + 1 }));
    if (state === undefined) throw new Error('the state was not understood');
    await writeDaemonState(place.paths, state);
    await expect(stop({ kill: (_pid, signal) => signals.push(signal) })).resolves.toMatchObject({ stopped: false });
    expect(signals).toEqual([]);
    expect(files()).toEqual([]);
  });

  it('[B2] refuses to signal what the platform cannot tell apart', async () => {
    const pid = await running();
    const { state } = await readDaemonState(place.paths);
    if (state === undefined) throw new Error('no state');
    process.kill(pid, 'SIGSTOP');
    writeFileSync(place.paths.lockFile, '');
    await writeDaemonState(place.paths, { ...state, startTicks: 0, bootId: '' });
    const signals: string[] = [];
    await expect(stop({ patienceMs: 0, kill: (_pid, signal) => signals.push(signal) })).rejects.toMatchObject({
      code: 'CCP_DAEMON_STOP_FAILED',
      details: { pid },
    });
    expect(signals).toEqual([]);
    expect(readProcessIdentity(pid)).toBeDefined();
  });

  it('[B2] stops one while it is still starting', async () => {
    const daemon = await place.spawn('slow');
    mkdirSync(place.paths.runDir, { recursive: true });
    for (const end = Date.now() + 10_000; !existsSync(place.paths.lockFile) && Date.now() < end;)
      await new Promise((resolve) => setTimeout(resolve, 5));
    await expect(stop({ drainMs: 0 })).resolves.toMatchObject({ stopped: true, pid: daemon.pid });
    daemon.release();
  });
});
