import { spawn as systemSpawn } from 'node:child_process';
import { constants } from 'node:os';

/** Where signals of this process arrive: `process`. */
export interface SignalSource {
  on(signal: NodeJS.Signals, listener: (signal: NodeJS.Signals) => void): unknown;
  off(signal: NodeJS.Signals, listener: (signal: NodeJS.Signals) => void): unknown;
}

export interface RunProgramOptions {
  /** Absolute path of the program. */
  readonly bin: string;
  readonly args: readonly string[];
  readonly env: Readonly<Record<string, string | undefined>>;
  readonly cwd: string;
  /** True when a terminal is attached: then it sends Ctrl-C and Ctrl-\ to the program itself. */
  readonly terminal: boolean;
  readonly spawn?: typeof systemSpawn;
  readonly signals?: SignalSource;
}

/** Meant for the program: handed on. */
const forwarded = ['SIGTERM', 'SIGHUP'] as const;
/** Keys of the terminal: they reach every process in its foreground, this one only has to stay. */
const keyboard = ['SIGINT', 'SIGQUIT'] as const;

/**
 * Runs a program as a child in the place of this process: no shell, the same stdin, stdout and stderr, every argument byte for byte.
 * Rejects with the system's error when it cannot be started.
 * @returns its exit code; 128 + n when signal n ended it
 */
export function runProgram(options: RunProgramOptions): Promise<number> {
  const { bin, args, env, cwd, terminal, spawn = systemSpawn, signals = process } = options;
  return new Promise((resolve, reject) => {
    const listeners: { signal: NodeJS.Signals; listener: (signal: NodeJS.Signals) => void }[] = [];
    const listen = (signal: NodeJS.Signals, listener: (signal: NodeJS.Signals) => void): void => {
      signals.on(signal, listener);
      listeners.push({ signal, listener });
    };
    const settle = (finish: () => void): void => {
      for (const { signal, listener } of listeners) signals.off(signal, listener);
      finish();
    };
    const fail = (error: unknown): void => settle(() => reject(error));
    try {
      const child = spawn(bin, [...args], { cwd, env, stdio: 'inherit', shell: false, windowsHide: false });
      const hand = (signal: NodeJS.Signals): void => void child.kill(signal);
      for (const signal of forwarded) listen(signal, hand);
      for (const signal of keyboard) listen(signal, terminal ? () => {} : hand);
      child.once('error', (error) => {
        if (child.pid === undefined) fail(error); // otherwise a signal could not be delivered: it is still running
      });
      child.once('exit', (code, signal) => settle(() => resolve(code ?? 128 + (constants.signals[signal ?? 'SIGTERM'] ?? 0))));
    } catch (error) {
      fail(error); // arguments or environment the system cannot take at all
    }
  });
}
