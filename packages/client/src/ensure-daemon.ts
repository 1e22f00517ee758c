import { join } from 'node:path';
import { acquireLock, type AppPaths, CcproxyError, type Clock, ensurePrivateDir, type FileLock, systemClock } from '@ccproxy/kernel';
import type { IpcConnection } from '@ccproxy/ipc/connect';
import { connectDaemon, type ConnectDaemonOptions } from './connect-daemon.js';
import { errors } from './errors.js';
import { retryPause } from './retry-pause.js';
import type { SpawnedDaemon } from './spawn-daemon.js';

export interface EnsureDaemonOptions extends ConnectDaemonOptions {
  /** Creates the daemon's process; called at most once, under the start lock. */
  readonly spawnDaemon: () => Promise<SpawnedDaemon>;
  /** How long the whole may take, ms; 20 s. */
  readonly patienceMs?: number;
}

export interface EnsuredDaemon {
  readonly connection: IpcConnection;
  /** True when this call started it. */
  readonly started: boolean;
}

const READY_MS = 1000;

/** Failures of a fresh daemon that mean that another one is there. */
const beaten: ReadonlySet<string> = new Set(['CCP_LOCK_HELD', 'CCP_SOCKET_IN_USE']);

/**
 * A connection to the daemon, which is started when none runs: connect, else take the start lock, connect again, else
 * spawn and wait until it answers. Any number of callers at the same time start one daemon and all get a connection.
 * @throws what `connectDaemon` raises but CCP_DAEMON_NOT_RUNNING; the coded error the new daemon failed with;
 * CCP_DAEMON_START_FAILED, CCP_DAEMON_UNRESPONSIVE
 */
export async function ensureDaemon(options: EnsureDaemonOptions): Promise<EnsuredDaemon> {
  const { paths, patienceMs = 20_000, clock = systemClock, random = Math.random } = options;
  for (const dir of [paths.root, paths.runDir]) await ensurePrivateDir(dir);
  const end = clock.monotonic() + patienceMs;
  for (let attempt = 0; ; attempt += 1) {
    const left = Math.max(0, end - clock.monotonic());
    const connection = await connectIfRunning({ ...options, patienceMs: left });
    if (connection !== undefined) return { connection, started: false };
    const lock = await tryLock(paths, clock, left);
    if (lock !== undefined) return startUnderLock({ ...options, patienceMs: left }, lock);
    await pause(clock, retryPause(attempt, random));
  }
}

/** Serialises starting and stopping; the instance lock `run/lock` belongs to the daemon itself. */
export const startLockFile = (paths: AppPaths): string => join(paths.runDir, 'start.lock');

async function connectIfRunning(options: ConnectDaemonOptions): Promise<IpcConnection | undefined> {
  try {
    return await connectDaemon(options);
  } catch (error) {
    if (CcproxyError.isInstance(error) && error.code === 'CCP_DAEMON_NOT_RUNNING') return undefined;
    throw error;
  }
}

/** The start lock if it is free; undefined while another caller starts the daemon. The last try of a patient caller raises who holds it. */
async function tryLock(paths: AppPaths, clock: Clock, left: number): Promise<FileLock | undefined> {
  try {
    return await acquireLock(startLockFile(paths), { clock, waitMs: 0 });
  } catch (error) {
    if (left > 0 && CcproxyError.isInstance(error) && error.code === 'CCP_LOCK_HELD') return undefined;
    throw error;
  }
}

async function startUnderLock(options: EnsureDaemonOptions, lock: FileLock): Promise<EnsuredDaemon> {
  try {
    const present = await connectIfRunning(options);
    if (present !== undefined) return { connection: present, started: false };
    return await start(options);
  } finally {
    await lock.release();
  }
}

async function start(options: EnsureDaemonOptions): Promise<EnsuredDaemon> {
  const child = await options.spawnDaemon();
  const failed = new AbortController();
  child.ready.catch((error: unknown) => failed.abort(error));
  try {
    const connection = await connectWhenUp({ ...options, signal: failed.signal }, child);
    await hearReady(child, options.clock ?? systemClock);
    return { connection, started: connection.server.pid === child.pid };
  } catch (error) {
    if (!CcproxyError.isInstance(error) || !beaten.has(error.code)) throw error;
    const other = await connectIfRunning(options);
    if (other === undefined) throw error;
    return { connection: other, started: false };
  } finally {
    child.release();
  }
}

/** Tries until something answers, also while nothing is recorded yet: the process was created a moment ago. */
async function connectWhenUp(options: EnsureDaemonOptions, child: SpawnedDaemon): Promise<IpcConnection> {
  const { paths, clock = systemClock, patienceMs = 0, random = Math.random } = options;
  const end = clock.monotonic() + patienceMs;
  for (let attempt = 0; ; attempt += 1) {
    const left = end - clock.monotonic();
    // Looked at first: an answer that comes after its end is another daemon's.
    const ended = !child.running();
    const connection = await connectIfRunning({ ...options, patienceMs: Math.max(0, left) });
    if (connection !== undefined) return connection;
    if (ended) {
      // With its own reason, if it has one.
      await child.ready;
      throw killed(paths);
    }
    if (left <= 0) {
      throw errors.CCP_DAEMON_UNRESPONSIVE({
        message: `The new daemon of ${paths.root} did not answer within ${Math.ceil(patienceMs / 1000)} s.`,
      });
    }
    await pause(clock, Math.min(left, retryPause(attempt, random)));
  }
}

/** It said that it is ready and was gone before anybody connected. */
const killed = (paths: AppPaths): CcproxyError =>
  errors.CCP_DAEMON_START_FAILED({
    message: `The new daemon of ${paths.root} ended as soon as it was ready.`,
    details: { signal: 'unknown' },
  });

/** The daemon answers a moment before it says that it is ready; its message channel stays open for that. */
async function hearReady(child: SpawnedDaemon, clock: Clock): Promise<void> {
  const enough = new Promise<void>((resolve) => void clock.setTimeout(resolve, READY_MS, { unref: true }));
  await Promise.race([child.ready.catch(() => {}), enough]);
}

const pause = (clock: Clock, ms: number): Promise<void> => new Promise((resolve) => void clock.setTimeout(resolve, ms));
