import type { Processes, TrackedProcess } from '@ccproxy-internal/test-kit';
import type { ClientHome } from './client-home.ts';
import type { SeenRun } from './normalise.ts';

export interface StartOptions {
  readonly env?: Readonly<Record<string, string>>;
  /** Text for stdin; closed at once when absent. */
  readonly input?: string;
}

/** One side of a comparison: the client as it is started, directly or through ccproxy. */
export interface Side {
  readonly name: 'direct' | 'through';
  readonly home: ClientHome;
  /** Base URL of the API on this side. */
  readonly url: string;
  /** Program, first arguments and environment with which a client of this side starts. */
  readonly command: readonly string[];
  readonly env: Readonly<Record<string, string>>;
  /** Starts a client. */
  start(args: readonly string[], options?: StartOptions): TrackedProcess;
  /** Runs a client to its end. */
  claude(args: readonly string[], options?: StartOptions): Promise<SeenRun>;
}

/** A loaded machine is slow, a client that waits for ever is not: this only tells the two apart. */
const patienceMs = 150_000;

export function createSide(place: {
  readonly name: Side['name'];
  readonly home: ClientHome;
  readonly url: string;
  readonly processes: Processes;
  readonly command: readonly string[];
  readonly env: Readonly<Record<string, string>>;
}): Side {
  const { name, home, url, processes, command, env } = place;
  const [program = '', ...first] = command;
  const start = (args: readonly string[], options: StartOptions = {}): TrackedProcess => {
    const child = processes.spawn(program, [...first, ...args], {
      cwd: home.work,
      env: { ...env, ...options.env },
      stdin: options.input === undefined ? 'ignore' : 'pipe',
    });
    child.child.stdin?.on('error', () => undefined); // it may end without reading
    child.child.stdin?.end(options.input);
    return child;
  };
  return { name, home, url, command, env, start, claude: async (args, options) => finished(start(args, options)) };
}

/** Waits for the end of a client. */
export async function finished(client: TrackedProcess): Promise<SeenRun> {
  const timer = setTimeout(() => client.kill('SIGKILL'), patienceMs);
  const { code, signal } = await client.ended;
  clearTimeout(timer);
  return { code, signal, stdout: client.stdout(), stderr: client.stderr() };
}
