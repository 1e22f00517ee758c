import { createProcesses, type Processes } from './processes.ts';
import { repositoryRoot } from './bins.ts';

export interface RunOptions {
  readonly cwd?: string;
  /** The whole environment of the program; ours when absent. */
  readonly env?: Readonly<Record<string, string>>;
  /** Text for its stdin; closed at once when absent. */
  readonly input?: string;
  readonly timeoutMs?: number;
  /** The Node that runs it; the running one when absent. */
  readonly node?: string;
  /** Who ends what the program leaves running, such as a daemon. Absent: it is ended before the result is returned. */
  readonly processes?: Processes;
}

export interface RunResult {
  readonly code: number | null;
  readonly signal: NodeJS.Signals | null;
  readonly stdout: string;
  readonly stderr: string;
}

/** Runs a JavaScript bin to its end. Throws when it takes longer than `timeoutMs`, with what it had written. */
export async function runBin(bin: string, args: readonly string[], options: RunOptions = {}): Promise<RunResult> {
  const { processes = createProcesses(), timeoutMs = 60_000, input = '' } = options;
  const run = processes.spawn(options.node ?? process.execPath, [bin, ...args], {
    cwd: options.cwd ?? repositoryRoot,
    ...(options.env === undefined ? {} : { env: options.env }),
    stdin: 'pipe',
  });
  run.child.stdin?.on('error', () => undefined); // it may end without reading
  run.child.stdin?.end(input);

  let late = false;
  const timer = setTimeout(() => {
    late = true;
    run.kill('SIGKILL');
  }, timeoutMs);
  const { code, signal } = await run.ended;
  clearTimeout(timer);
  if (options.processes === undefined) await processes.stop();
  if (late) throw new Error(`${bin} ${args.join(' ')} took longer than ${timeoutMs} ms\n${run.stdout()}${run.stderr()}`);
  return { code, signal, stdout: run.stdout(), stderr: run.stderr() };
}
