import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { ccproxydBin, repositoryRoot } from './bins.ts';
import type { Processes, TrackedProcess } from './processes.ts';
import type { TempHome } from './temp-home.ts';
import { waitFor } from './wait-for.ts';

export interface DaemonOptions {
  readonly home: TempHome;
  readonly processes: Processes;
  /** Contents of `ccproxy.yaml`; the file is left alone when absent. */
  readonly config?: string | Readonly<Record<string, unknown>>;
  /** Further arguments of ccproxyd. */
  readonly args?: readonly string[];
  /** Further environment variables. */
  readonly env?: Readonly<Record<string, string>>;
  /** The Node that runs it; the running one when absent. */
  readonly node?: string;
  /** Flags of Node itself. */
  readonly nodeFlags?: readonly string[];
  readonly timeoutMs?: number;
}

/** A running ccproxyd, started in the foreground of a child process. */
export interface Daemon {
  readonly process: TrackedProcess;
  readonly pid: number;
  readonly port: number;
  /** What a client puts into ANTHROPIC_BASE_URL. */
  readonly url: string;
  readonly ipcSocket: string;
  /** Text of `run/token`, the secret of IPC and administration. */
  ipcToken(): string;
  /** Text of the log files so far; '' before the first line. */
  log(): string;
  /** TERM, then waits for the end; answers the exit code. */
  stop(): Promise<number | null>;
  /** kill -9, then waits for the end. */
  kill(): Promise<void>;
}

/**
 * Starts the built daemon and waits until it says it is ready: `run/daemon.json` names its port and `/readyz` answers 200.
 * Throws with everything it wrote when it ends first.
 */
export async function startDaemon(options: DaemonOptions): Promise<Daemon> {
  const { home, processes, timeoutMs = 30_000 } = options;
  if (options.config !== undefined) home.writeConfig(options.config);
  const child = processes.spawn(
    options.node ?? process.execPath,
    [
      ...(options.nodeFlags ?? []),
      ccproxydBin,
      '--foreground',
      '--state-dir',
      home.stateDir,
      '--config',
      home.configFile,
      ...(options.args ?? []),
    ],
    { cwd: repositoryRoot, env: home.env(options.env) },
  );
  const port = await waitFor(async () => (child.running() ? readyPort(home, child) : 'ended'), { timeoutMs, what: 'the daemon' }).catch(
    (error: unknown) => error,
  );
  if (typeof port !== 'number') {
    throw new Error(`the daemon did not become ready:\n${child.stdout()}${child.stderr()}${readLogs(home)}`, { cause: port });
  }
  const run = join(home.stateDir, 'run');
  return {
    process: child,
    pid: child.pid,
    port,
    url: `http://127.0.0.1:${port}`,
    ipcSocket: join(run, 'ipc.sock'),
    ipcToken: () => readFileSync(join(run, 'token'), 'utf8').trim(),
    log: () => readLogs(home),
    stop: async () => {
      child.kill('SIGTERM');
      return (await child.ended).code;
    },
    kill: async () => {
      child.kill('SIGKILL');
      await child.ended;
    },
  };
}

/** undefined until the daemon of this very process answers. */
async function readyPort(home: TempHome, child: TrackedProcess): Promise<number | undefined> {
  const state = readIfThere(join(home.stateDir, 'run', 'daemon.json'));
  if (state === '') return undefined;
  const { pid, port } = JSON.parse(state) as { pid?: number; port?: number };
  if (pid !== child.pid || port === undefined) return undefined;
  // A daemon with `server.authKey` answers nobody without a token.
  const token = readIfThere(join(home.stateDir, 'run', 'token')).trim();
  const answer = await fetch(`http://127.0.0.1:${port}/readyz`, { headers: { 'x-ccproxy-token': token } });
  await answer.arrayBuffer();
  return answer.status === 200 ? port : undefined;
}

function readLogs(home: TempHome): string {
  const folder = join(home.stateDir, 'logs');
  if (!existsSync(folder)) return '';
  return readdirSync(folder)
    .toSorted()
    .map((name) => readIfThere(join(folder, name)))
    .join('');
}

function readIfThere(file: string): string {
  return existsSync(file) ? readFileSync(file, 'utf8') : '';
}
