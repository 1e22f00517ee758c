import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { connectDaemon, createDaemonClient, type DaemonClient } from '@ccproxy/client';
import { resolvePaths, systemClock } from '@ccproxy/kernel';
import type { DaemonContext } from '../daemon-context.js';
import type { DaemonOptions } from '../daemon-options.js';
import { type Daemon, startDaemon } from '../start-daemon.js';

/** A daemon inside the test process over a state directory of its own. */
export interface TestDaemon {
  readonly root: string;
  readonly daemon: Daemon;
  readonly url: string;
  readonly client: () => Promise<DaemonClient>;
}

/** Makes state directories, starts daemons in them, and ends what is left after each test. */
export class TestDaemons {
  readonly #running: Daemon[] = [];
  readonly #roots: string[] = [];

  root(config = demoOnly): string {
    const root = mkdtempSync(join(tmpdir(), 'ccp-'));
    this.#roots.push(root);
    mkdirSync(join(root, 'run'), { mode: 0o700 });
    writeFileSync(join(root, 'ccproxy.yaml'), config, { mode: 0o600 });
    return root;
  }

  async start(root = this.root(), options: Partial<DaemonOptions> = {}, context: Partial<DaemonContext> = {}): Promise<TestDaemon> {
    const daemon = await startDaemon({ ...noOptions, stateDir: root, ...options }, { ...testContext, ...context });
    this.#running.push(daemon);
    const paths = resolvePaths({ env: {}, home: '/nowhere', platform: process.platform, stateDir: root });
    return {
      root,
      daemon,
      url: daemon.status().url,
      client: async () => createDaemonClient(await connectDaemon({ paths, client: 'test', version: '0' })),
    };
  }

  /** A directory with a project file, for the daemon of a root. */
  project(root: string, text: string): string {
    const directory = mkdtempSync(join(root, 'project-'));
    writeFileSync(join(directory, '.ccproxy.yaml'), text, { mode: 0o600 });
    return directory;
  }

  async end(): Promise<void> {
    await Promise.all(this.#running.splice(0).map((daemon) => daemon.drain(0)));
    for (const root of this.#roots.splice(0)) rmSync(root, { recursive: true, force: true });
  }
}

export const demoOnly = `server: { drainTimeout: 1s }
providers: { demo: { type: demo } }
models: { default: { provider: demo } }
`;

const noOptions: DaemonOptions = {
  config: undefined,
  host: undefined,
  port: undefined,
  stateDir: undefined,
  logDir: undefined,
  foreground: false,
  takeover: false,
  pinned: false,
  auto: false,
};

/** A port of its own for every daemon: the usual one may be in use on the machine. */
const testContext: DaemonContext = {
  env: { CC_PROXY_PORT: '0' },
  cwd: tmpdir(),
  home: '/nowhere',
  uid: process.getuid?.(),
  platform: process.platform,
  clock: systemClock,
  stderr: process.stderr,
  channel: undefined,
  spawnSuccessor: () => {
    throw new Error('no successor in this test');
  },
};
