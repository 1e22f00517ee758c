import type { AppPaths, Clock } from '@ccproxy/kernel';
import { CcproxyError } from '@ccproxy/kernel/errors-core';
import { systemClock } from '@ccproxy/kernel/clock';
import { connectIpc, type IpcConnection } from '@ccproxy/ipc/connect';
import type { RecordedDaemon } from './daemon-files.js';
import { errors } from './errors.js';
import { readToken } from './own-file.js';
import { retryPause } from './retry-pause.js';

export interface ConnectDaemonOptions {
  readonly paths: AppPaths;
  /** Name and version of this program, for the daemon's `status` and log. */
  readonly client: string;
  readonly version: string;
  /** How long to wait for a daemon that is still starting, ms; 10 s. 0 = try once. */
  readonly patienceMs?: number;
  readonly clock?: Clock;
  /** Ends the waiting: its reason is thrown before the next try. */
  readonly signal?: AbortSignal;
  readonly random?: () => number;
}

/** Failures that pass when the daemon is just starting, stopping or restarting. */
const passing: ReadonlySet<string> = new Set(['CCP_IPC_UNREACHABLE', 'CCP_IPC_CLOSED', 'CCP_IPC_TIMEOUT', 'CCP_IPC_THROTTLED']);

/**
 * A connection to the running daemon. While nothing answers but the recorded process, or the owner of the instance lock,
 * is alive and the very one recorded, the daemon is taken to be starting and is tried again with growing pauses
 * (the rule of tailscale's `safesocket`: house-style.md §1).
 * @throws CCP_DAEMON_NOT_RUNNING (exit code 3), CCP_DAEMON_UNRESPONSIVE after the patience, CCP_IPC_PROTOCOL,
 * CCP_IPC_UNAUTHORIZED and other refusals of the daemon as they are
 */
export async function connectDaemon(options: ConnectDaemonOptions): Promise<IpcConnection> {
  const { paths, patienceMs = 10_000, clock = systemClock, random = Math.random } = options;
  const end = clock.monotonic() + patienceMs;
  for (let attempt = 0; ; attempt += 1) {
    options.signal?.throwIfAborted();
    const left = end - clock.monotonic();
    const outcome = await tryOnce(options, clock, left);
    if (!CcproxyError.isInstance(outcome)) return outcome;
    const { process: starting } = await recordedDaemon(paths);
    if (starting === undefined) throw notRunning(paths, outcome);
    if (left <= 0) throw unresponsive(paths, starting.pid, patienceMs, outcome);
    await pause(clock, Math.min(left, retryPause(attempt, random)));
  }
}

/** A connection, or the passing failure; others are thrown. */
async function tryOnce(options: ConnectDaemonOptions, clock: Clock, left: number): Promise<IpcConnection | CcproxyError> {
  const { paths, client, version } = options;
  const token = await readToken(paths);
  if (token === undefined) return errors.CCP_DAEMON_NOT_RUNNING({ message: `There is no token in ${paths.tokenFile}.` });
  try {
    const timeoutMs = Math.min(5000, Math.max(1000, left));
    return await connectIpc({ path: paths.ipcSocket, token, client, version, pid: process.pid, clock, timeoutMs });
  } catch (error) {
    if (!CcproxyError.isInstance(error)) throw error;
    if (passing.has(error.code)) return error;
    // Whose token it was made way for the next daemon, which had not written its own when this one was read.
    if (error.code === 'CCP_IPC_UNAUTHORIZED' && (await readToken(paths)) !== token) return error;
    throw error;
  }
}

/** Who is recorded. Loaded only now: a daemon that answers at once, the ordinary case, needs no look at the process table. */
async function recordedDaemon(paths: AppPaths): Promise<RecordedDaemon> {
  const { readDaemonState } = await import('./daemon-files.js');
  return readDaemonState(paths);
}

const pause = (clock: Clock, ms: number): Promise<void> => new Promise((resolve) => void clock.setTimeout(resolve, ms));

const notRunning = (paths: AppPaths, cause: unknown): CcproxyError =>
  errors.CCP_DAEMON_NOT_RUNNING({ message: `No daemon is running for ${paths.root}.`, details: { stateDir: paths.root }, cause });

const unresponsive = (paths: AppPaths, pid: number, ms: number, cause: CcproxyError): CcproxyError =>
  errors.CCP_DAEMON_UNRESPONSIVE({
    message: `The daemon of ${paths.root} (process ${pid}) is alive but did not answer within ${Math.ceil(ms / 1000)} s: ${cause.message}`,
    details: { pid, stateDir: paths.root },
    cause,
  });
