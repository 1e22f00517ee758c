import { spawn } from 'node:child_process';
import { repositoryRoot } from '@ccproxy-internal/test-kit';

export interface CommandOptions {
  readonly cwd?: string;
  readonly env?: Readonly<Record<string, string | undefined>>;
  readonly timeoutMs?: number;
}

export interface CommandResult {
  /** 124 when it took too long, 127 when it could not be started. */
  readonly code: number;
  /** stdout and stderr, in the order they came. */
  readonly output: string;
}

const standardTimeoutMs = 30 * 60_000;

/** Runs a program without stdin to its end and keeps what it writes. It gets a process group of its own, which is killed when it is late. */
export function runCommand(program: string, args: readonly string[], options: CommandOptions = {}): Promise<CommandResult> {
  const { timeoutMs = standardTimeoutMs } = options;
  return new Promise((resolve) => {
    const detached = process.platform !== 'win32';
    const child = spawn(program, args, {
      cwd: options.cwd ?? repositoryRoot,
      env: { ...process.env, ...options.env },
      stdio: ['ignore', 'pipe', 'pipe'],
      detached,
    });
    let output = '';
    let late = false;
    const end = (): void => {
      if (child.pid !== undefined) process.kill(detached ? -child.pid : child.pid, 'SIGKILL');
    };
    const interrupted = (): void => {
      end();
      process.exit(130);
    };
    const timer = setTimeout(() => {
      late = true;
      end();
    }, timeoutMs);
    const done = (result: CommandResult): void => {
      clearTimeout(timer);
      process.off('SIGINT', interrupted).off('SIGTERM', interrupted);
      resolve(result);
    };
    // In a group of its own the child does not see the terminal's Ctrl-C.
    process.once('SIGINT', interrupted).once('SIGTERM', interrupted);
    for (const stream of [child.stdout, child.stderr]) stream.setEncoding('utf8').on('data', (chunk: string) => (output += chunk));
    child.once('error', (error) => done({ code: 127, output: `${program}: ${error.message}\n` }));
    child.once('close', (code) =>
      done(
        late
          ? { code: 124, output: `${output}\n${program} was ended after ${timeoutMs / 60_000} minutes.\n` }
          : { code: code ?? 1, output },
      ),
    );
  });
}

/** Path of a tool's script in the root's node_modules, run by this Node: no shell, no `.cmd`. */
export const rootTool = (path: string): string => `${repositoryRoot}/node_modules/${path}`;
