import { spawn, type ChildProcess } from 'node:child_process';
import { randomUUID } from 'node:crypto';
import { setTimeout as sleep } from 'node:timers/promises';
import { markedProcesses } from './marked-processes.ts';
import { waitFor, type WaitOptions } from './wait-for.ts';

export interface SpawnOptions {
  readonly cwd?: string;
  /** The whole environment of the child; ours when absent. */
  readonly env?: Readonly<Record<string, string>>;
  /** stdin of the child: `ignore` unless told. */
  readonly stdin?: 'ignore' | 'pipe';
  readonly detached?: boolean;
  /** On Windows a `.cmd` starts through the shell only; elsewhere this changes nothing. */
  readonly cmd?: boolean;
}

/** A child process whose output is kept and which does not outlive its `Processes`. */
export interface TrackedProcess {
  readonly child: ChildProcess;
  readonly pid: number;
  stdout(): string;
  stderr(): string;
  /** Resolves when it has ended and its output is complete. */
  readonly ended: Promise<{ readonly code: number | null; readonly signal: NodeJS.Signals | null }>;
  running(): boolean;
  kill(signal?: NodeJS.Signals): void;
  /** Waits until its stdout or stderr holds the text. */
  waitForOutput(text: string | RegExp, options?: WaitOptions): Promise<string>;
}

/**
 * Starts child processes and ends all of them, with their descendants, when it is disposed.
 * Every child gets a mark in its environment, which its descendants inherit: by it a daemon that left its parent is found too.
 */
export interface Processes {
  spawn(command: string, args: readonly string[], options?: SpawnOptions): TrackedProcess;
  /** Environment variables that make a process, started by other means, one of ours. */
  readonly mark: Readonly<Record<string, string>>;
  /** Pids of living processes that carry our mark (Linux; elsewhere those of our own children). */
  living(): number[];
  /** Ends everything: TERM first, KILL after `graceMs`. Answers the pids that had to be killed. */
  stop(graceMs?: number): Promise<number[]>;
  [Symbol.asyncDispose](): Promise<void>;
}

const markName = 'CCPROXY_TEST_RUN';

export function createProcesses(): Processes {
  const mark = { [markName]: randomUUID() };
  const children: TrackedProcess[] = [];
  const marked = markedProcesses(`${markName}=${mark[markName]}`);
  const living = (): number[] => {
    const own = children.filter((child) => child.running()).map((child) => child.pid);
    return [...new Set([...own, ...marked()])];
  };
  const killNow = (): void => living().forEach((pid) => signal(pid, 'SIGKILL'));
  // The runner itself may be ended before it could dispose of us.
  process.once('exit', killNow);

  const stop = async (graceMs = 5000): Promise<number[]> => {
    process.off('exit', killNow);
    living().forEach((pid) => signal(pid, 'SIGTERM'));
    const deadline = performance.now() + graceMs;
    while (living().length > 0 && performance.now() < deadline) await sleep(20);
    const stubborn = living();
    stubborn.forEach((pid) => signal(pid, 'SIGKILL'));
    await waitFor(() => living().length === 0, { what: 'the end of killed processes' });
    return stubborn;
  };

  return {
    mark,
    living,
    stop,
    spawn(command, args, options = {}) {
      const child = track(
        spawn(command, args, {
          ...(options.cwd === undefined ? {} : { cwd: options.cwd }),
          env: { ...(options.env ?? process.env), ...mark },
          stdio: [options.stdin ?? 'ignore', 'pipe', 'pipe'],
          detached: options.detached ?? false,
          shell: options.cmd === true && process.platform === 'win32',
        }),
        command,
      );
      children.push(child);
      return child;
    },
    [Symbol.asyncDispose]: async () => {
      await stop();
    },
  };
}

function track(child: ChildProcess, command: string): TrackedProcess {
  const output = { stdout: '', stderr: '' };
  child.stdout?.setEncoding('utf8').on('data', (chunk: string) => (output.stdout += chunk));
  child.stderr?.setEncoding('utf8').on('data', (chunk: string) => (output.stderr += chunk));
  let running = child.pid !== undefined;
  child.once('exit', () => (running = false));
  const ended = new Promise<{ code: number | null; signal: NodeJS.Signals | null }>((resolve) => {
    child.once('error', (error) => {
      running = false;
      output.stderr += `${command}: ${error.message}\n`;
      resolve({ code: 127, signal: null });
    });
    child.once('close', (code, signalName) => resolve({ code, signal: signalName }));
  });
  return {
    child,
    pid: child.pid ?? -1,
    stdout: () => output.stdout,
    stderr: () => output.stderr,
    ended,
    running: () => running,
    kill: (name = 'SIGTERM') => void child.kill(name),
    waitForOutput: (text, options) =>
      waitFor(
        () => {
          const all = output.stdout + output.stderr;
          if (typeof text === 'string' ? all.includes(text) : text.test(all)) return all;
          if (!running) throw new Error(`${command} ended first:\n${all}`);
          return undefined;
        },
        { what: `${command}: output ${String(text)}`, ...options },
      ),
  };
}

function signal(pid: number, name: NodeJS.Signals): void {
  if (pid <= 0) return;
  try {
    process.kill(pid, name);
  } catch (error) {
    // It ended between the look and the signal.
    if ((error as NodeJS.ErrnoException).code !== 'ESRCH') throw error;
  }
}
