import { join } from 'node:path';
import {
  ccproxyBin,
  createProcesses,
  createTempHome,
  freePort,
  type Processes,
  runBin,
  type RunOptions,
  type RunResult,
  type TempHome,
} from '@ccproxy-internal/test-kit';
import { connectDaemon, createDaemonClient, type DaemonClient } from '@ccproxy/client';
import { type AppPaths, resolvePaths } from '@ccproxy/kernel';

/** What `ccproxy start --json` says, as far as the tests look at it. */
export interface Started {
  readonly started: boolean;
  readonly pid: number;
  readonly url: string;
}

export interface CommandOptions extends RunOptions {
  /** Program and arguments that run it, such as `prlimit --fsize=0`. */
  readonly under?: readonly string[];
}

/** One user's ccproxy: a home of its own and the built command line. What it starts ends with it. */
export interface Installation {
  readonly home: TempHome;
  readonly processes: Processes;
  readonly paths: AppPaths;
  /** A client that stays open until the installation is disposed. */
  client(): Promise<DaemonClient>;
  /** Runs the command line to its end. */
  ccproxy(args: readonly string[], options?: CommandOptions): Promise<RunResult>;
  /** `ccproxy start`; throws with what it said when it fails. */
  start(options?: CommandOptions): Promise<Started>;
  [Symbol.asyncDispose](): Promise<void>;
}

/**
 * Makes an installation with this configuration. Its daemons listen on a port of their own, also after a kill -9:
 * what is sent to a dead one never reaches the daemon of another test.
 */
export async function createInstallation(config: string | Readonly<Record<string, unknown>>): Promise<Installation> {
  const home = createTempHome();
  const processes = createProcesses();
  home.writeConfig(config);
  home.write(join('.ccproxy', 'run', 'port'), `${await freePort()}\n`);
  const paths = resolvePaths({ env: {}, home: home.home, platform: process.platform });
  const clients: DaemonClient[] = [];

  const ccproxy = (args: readonly string[], { under = [], ...options }: CommandOptions = {}): Promise<RunResult> => {
    const [program = process.execPath, first = ccproxyBin, ...rest] = [...under, process.execPath, ccproxyBin, ...args];
    return runBin(first, rest, { cwd: home.work, env: home.env(), processes, ...options, node: program });
  };
  return {
    home,
    processes,
    paths,
    ccproxy,
    async client() {
      const client = createDaemonClient(await connectDaemon({ paths, client: 'e2e', version: '0.0.0' }));
      clients.push(client);
      return client;
    },
    async start(options) {
      const { code, stdout, stderr } = await ccproxy(['start', '--json'], options);
      if (code !== 0) throw new Error(`ccproxy start ended with ${code}:\n${stdout}${stderr}`);
      return JSON.parse(stdout) as Started;
    },
    async [Symbol.asyncDispose]() {
      await Promise.all(clients.map((client) => client.close()));
      await processes.stop();
      home.remove();
    },
  };
}

/** A configuration whose default target is an Anthropic upstream that gets the client's own credential. */
export const passthroughConfig = (upstream: string, rest: Readonly<Record<string, unknown>> = {}): Readonly<Record<string, unknown>> => ({
  providers: { anthropic: { type: 'anthropic', baseUrl: upstream, auth: 'client' } },
  models: { default: { provider: 'anthropic' } },
  ...rest,
});

/**
 * Runs a program as an ordinary user sees the files: root may read and write everything, so root's power is taken from it.
 * Its user stays the same; nothing changes for anybody else.
 */
export const withoutPrivileges: readonly string[] =
  process.platform === 'linux' && process.getuid?.() === 0 ? ['setpriv', '--bounding-set=-all', '--inh-caps=-all'] : [];

/** A configuration that answers without any network. */
export const demoConfig = 'providers: { demo: { type: demo } }\nmodels: { default: { provider: demo } }\n';
