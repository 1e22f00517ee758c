import { rm } from 'node:fs/promises';
import {
  acquireLock,
  type AppPaths,
  CcproxyError,
  type Clock,
  ensurePrivateDir,
  isAlive,
  type ProcessIdentity,
  readProcessIdentity,
  removeTemporaries,
  systemClock,
} from '@ccproxy/kernel';
import { isPipe } from '@ccproxy/ipc/connect';
import { connectDaemon, type ConnectDaemonOptions } from './connect-daemon.js';
import { createDaemonClient } from './daemon-client.js';
import { readDaemonState, removeDaemonState } from './daemon-files.js';
import { startLockFile } from './ensure-daemon.js';
import { errors } from './errors.js';

export interface StopDaemonOptions extends ConnectDaemonOptions {
  /** How long requests in flight may go on, ms; the daemon's own setting when absent. */
  readonly drainMs?: number;
  /** How much longer than the drain the process may take before it is ended by force, ms; 5 s. */
  readonly forceAfterMs?: number;
  /** `process.kill`, or a stand-in of a test. */
  readonly kill?: (pid: number, signal: NodeJS.Signals) => void;
}

/** `forced` is the signal that was needed, if any. */
export type StopResult =
  | { readonly stopped: true; readonly pid: number; readonly forced: 'SIGTERM' | 'SIGKILL' | undefined }
  | { readonly stopped: false; readonly reason: string };

/** A daemon that hangs is not waited for as long as one that starts. */
const ANSWER_MS = 5000;
const TERM_MS = 5000;
const KILL_MS = 5000;
const POLL_MS = 25;

/**
 * Stops the daemon: asks it to drain, waits for its process to end, then signals the very process that was recorded.
 * A daemon that does not run is a success too; what it left behind is removed.
 * @throws CCP_DAEMON_STOP_FAILED when the process stays, or cannot be told apart from another one
 */
export async function stopDaemon(options: StopDaemonOptions): Promise<StopResult> {
  const { paths, clock = systemClock } = options;
  for (const dir of [paths.root, paths.runDir]) await ensurePrivateDir(dir);
  const lock = await acquireLock(startLockFile(paths), { clock, waitMs: options.patienceMs ?? 10_000 });
  try {
    const asked = await askToStop(options);
    const target = asked?.identity ?? (await readDaemonState(paths)).process;
    if (target === undefined) {
      await sweep(paths);
      return { stopped: false, reason: 'The daemon was not running.' };
    }
    const forced = await waitOrForce(target, asked?.drainMs, options);
    await removeDaemonState(paths, target);
    await sweep(paths);
    return { stopped: true, pid: target.pid, forced };
  } finally {
    await lock.release();
  }
}

/** Asks over the control channel; undefined when nobody took the request. */
async function askToStop(options: StopDaemonOptions): Promise<{ identity: ProcessIdentity; drainMs: number } | undefined> {
  const connection = await connectDaemon({ patienceMs: ANSWER_MS, ...options }).catch((error: unknown) => {
    // Not running, hanging, or of another protocol: the files tell which process it is, if any.
    if (CcproxyError.isInstance(error)) return undefined;
    throw error;
  });
  if (connection === undefined) return undefined;
  const { pid } = connection.server;
  const recorded = (await readDaemonState(options.paths)).process;
  // A process that cannot be seen (another pid namespace) is known by its pid alone, and cannot be waited for.
  const identity = recorded?.pid === pid ? recorded : (readProcessIdentity(pid) ?? { pid, startTicks: 0, bootId: '' });
  const client = createDaemonClient(connection);
  try {
    const answer = await client.stop(options.drainMs === undefined ? {} : { drainTimeoutMs: options.drainMs });
    return { identity, drainMs: answer.drainTimeoutMs };
  } catch (error) {
    if (!CcproxyError.isInstance(error)) throw error;
    // It ended before it answered, or refused: its process decides.
    return { identity, drainMs: 0 };
  } finally {
    await client.close();
  }
}

async function waitOrForce(
  target: ProcessIdentity,
  drainMs: number | undefined,
  options: StopDaemonOptions,
): Promise<'SIGTERM' | 'SIGKILL' | undefined> {
  const { clock = systemClock, forceAfterMs = 5000, kill = (pid, signal) => void process.kill(pid, signal) } = options;
  if (drainMs !== undefined && (await gone(target, drainMs + forceAfterMs, clock))) return undefined;
  if (drainMs === undefined && target.startTicks === 0) {
    throw errors.CCP_DAEMON_STOP_FAILED({
      message: `Process ${target.pid} does not stop, and this platform does not tell whether it still is the daemon: it was not signalled.`,
      details: { pid: target.pid },
    });
  }
  for (const [signal, ms] of [
    ['SIGTERM', TERM_MS],
    ['SIGKILL', KILL_MS],
  ] as const) {
    if (isAlive(target)) kill(target.pid, signal);
    if (await gone(target, ms, clock)) return signal;
  }
  throw errors.CCP_DAEMON_STOP_FAILED({ message: `Process ${target.pid} is still there after SIGKILL.`, details: { pid: target.pid } });
}

async function gone(target: ProcessIdentity, ms: number, clock: Clock): Promise<boolean> {
  for (const end = clock.monotonic() + ms; isAlive(target);) {
    if (clock.monotonic() >= end) return false;
    await new Promise<void>((resolve) => void clock.setTimeout(resolve, POLL_MS));
  }
  return true;
}

/** Removes what a dead daemon left. The caller holds the start lock and knows that no process is recorded as alive. */
async function sweep(paths: AppPaths): Promise<void> {
  const { state, process } = await readDaemonState(paths);
  if (process !== undefined) return;
  if (state !== undefined) await removeDaemonState(paths, state);
  const files = [paths.daemonFile, paths.pidFile, paths.ipcSocket, paths.gatewaySocket];
  await Promise.all(files.filter((file) => !isPipe(file)).map((file) => rm(file, { force: true })));
  await removeTemporaries(paths.runDir, { olderThanMs: 0, now: Date.now() });
}
