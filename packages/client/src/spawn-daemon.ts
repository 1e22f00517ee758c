import { type ChildProcess, spawn } from 'node:child_process';
import { mkdir, open } from 'node:fs/promises';
import { dirname } from 'node:path';
import { errnoHint } from '@ccproxy/kernel';
import { fromWireError } from '@ccproxy/ipc/connect';
import { errors } from './errors.js';

/** A daemon process that was just created. */
export interface SpawnedDaemon {
  readonly pid: number;
  /**
   * Resolves when the process says it is ready, which it need not; rejects with the coded error it failed with, or `CCP_DAEMON_START_FAILED`
   * when it ended without a word.
   */
  readonly ready: Promise<void>;
  /** False once it has ended, however far it came. */
  running(): boolean;
  /** Lets go of the process: it lives on, and this one may end. */
  release(): void;
}

export interface SpawnDaemonOptions {
  /** The Node binary. */
  readonly node: string;
  /** Flags of Node itself; those of `daemonNodeFlags` by default. */
  readonly nodeFlags?: readonly string[];
  /** The file of the daemon's bin. */
  readonly entry: string;
  /** Arguments of the bin; never a secret, they are readable by other users. */
  readonly args: readonly string[];
  /** The whole environment of the daemon; the only way a secret reaches it. */
  readonly env: Readonly<Record<string, string | undefined>>;
  /** What the process writes to stdout and stderr is appended here. */
  readonly logFile: string;
}

/**
 * Room of the young generation, MB; twice as much is in use. With 2 each collection meets the requests under way and carries them along: a third
 * more CPU for a small request on 32 connections, with 4 a tenth (measured); with 16 hardly more is won than with 8, and 200 answers that are read
 * slowly take 17 MB more. A daemon at rest gives the room back. Only the command line can say it.
 */
const youngGenerationMb = 8;

/**
 * Flags of Node for the daemon's process. V8's own collection eight seconds after the last request is off: small requests after it took 1.8 to 2.2 times
 * the CPU of the bare floor, without it 1.7 to 1.9 (measured, three processes each in one run), and the daemon gives memory back by itself (docs/adr/0022).
 */
export const daemonNodeFlags: readonly string[] = [`--max-semi-space-size=${youngGenerationMb}`, '--no-memory-reducer'];

/** Longest piece of the log that is quoted in an error, bytes. */
const QUOTED_BYTES = 2000;

/**
 * Starts the daemon detached from this process and terminal, in the root directory, with its output in the log file and
 * the message channel of Node for `{type:'ready'}` or `{type:'failed', error}`.
 * @throws CCP_PERMISSION_DENIED and others when the log file cannot be opened
 */
export async function spawnDaemon(options: SpawnDaemonOptions): Promise<SpawnedDaemon> {
  const { node, nodeFlags = daemonNodeFlags, entry, args, env, logFile } = options;
  const log = await openLog(logFile);
  try {
    const { size } = await log.stat();
    const child = spawn(node, [...nodeFlags, entry, ...args], {
      detached: true,
      windowsHide: true,
      cwd: '/',
      env: { ...env },
      stdio: ['ignore', log.fd, log.fd, 'ipc'],
    });
    let running = true;
    child.once('exit', () => {
      running = false;
    });
    const ready = watch(child, () => quoteLog(logFile, size));
    // Whoever only waits for the connection does not look at `ready`; that is no unhandled rejection.
    ready.catch(() => {});
    return { pid: child.pid ?? 0, ready, running: () => running, release: () => release(child) };
  } finally {
    await log.close();
  }
}

/** The log may lie in a directory of the user's choice: a missing one is made private, a present one is left as it is. */
async function openLog(file: string): ReturnType<typeof open> {
  try {
    await mkdir(dirname(file), { recursive: true, mode: 0o700 });
    return await open(file, 'a', 0o600);
  } catch (error) {
    throw errnoHint(error, { action: 'open the log', file }) ?? error;
  }
}

function watch(child: ChildProcess, quote: () => Promise<string>): Promise<void> {
  return new Promise((resolve, reject) => {
    child.on('error', (cause) =>
      reject(errors.CCP_DAEMON_START_FAILED({ message: `The daemon could not be started: ${cause.message}.`, cause })),
    );
    child.on('message', (message) => {
      const { type, error } = (message ?? {}) as { type?: unknown; error?: unknown };
      if (type === 'ready') resolve();
      if (type === 'failed') {
        reject(fromWireError(error) ?? errors.CCP_DAEMON_START_FAILED({ message: 'The daemon failed without saying why.' }));
      }
    });
    child.on('exit', (code, signal) => {
      const fail = async (): Promise<void> => reject(await endedEarly(code, signal, quote));
      // Messages sent right before the exit are still on their way until the channel closes.
      if (child.connected) child.once('disconnect', () => void fail());
      else void fail();
    });
  });
}

async function endedEarly(code: number | null, signal: NodeJS.Signals | null, quote: () => Promise<string>): Promise<Error> {
  const how = signal === null ? `with exit code ${code ?? 'unknown'}` : `by ${signal}`;
  const lines = await quote();
  return errors.CCP_DAEMON_START_FAILED({
    message: `The daemon ended ${how} before it was ready.${lines === '' ? '' : ` Its last words:\n${lines}`}`,
    details: { code, signal },
  });
}

/** What was written since `from`, at most its last lines. */
async function quoteLog(file: string, from: number): Promise<string> {
  try {
    const log = await open(file, 'r');
    try {
      const { size } = await log.stat();
      const start = Math.max(from, size - QUOTED_BYTES);
      const { buffer, bytesRead } = await log.read(Buffer.alloc(Math.max(0, size - start)), 0, Math.max(0, size - start), start);
      return buffer.toString('utf8', 0, bytesRead).trim();
    } finally {
      await log.close();
    }
  } catch (error) {
    return `(the log ${file} cannot be read: ${String(error)})`;
  }
}

function release(child: ChildProcess): void {
  if (child.connected) child.disconnect();
  child.unref();
}
