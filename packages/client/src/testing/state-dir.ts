import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { type AppPaths, isAlive, type ProcessIdentity, readProcessIdentity, resolvePaths } from '@ccproxy/kernel';
import { sourceProcessFlags } from '@ccproxy/ipc/testing';
import { readDaemonState } from '../daemon-files.js';
import { spawnDaemon, type SpawnedDaemon } from '../spawn-daemon.js';

/** A state directory of a test and fake daemons in it. */
export interface StateDir {
  readonly dir: string;
  readonly paths: AppPaths;
  spawn(behaviour?: string, env?: Readonly<Record<string, string | undefined>>): Promise<SpawnedDaemon>;
  /** Ends every process that was spawned or recorded, and removes the directory. */
  cleanUp(): Promise<void>;
}

export const fakeDaemon = fileURLToPath(new URL('./fake-daemon.ts', import.meta.url));

export function createStateDir(): StateDir {
  const dir = mkdtempSync(join(tmpdir(), 'ccp-client-'));
  const paths = resolvePaths({ env: {}, home: undefined, platform: process.platform, stateDir: dir });
  const spawned: ProcessIdentity[] = [];
  return {
    dir,
    paths,
    spawn: async (behaviour = '', env = process.env) => {
      const options = {
        node: process.execPath,
        nodeFlags: sourceProcessFlags,
        entry: fakeDaemon,
        args: [dir, behaviour],
        env,
        logFile: paths.logFile,
      };
      const daemon = await spawnDaemon(options);
      const identity = readProcessIdentity(daemon.pid);
      if (identity !== undefined) spawned.push(identity);
      return daemon;
    },
    cleanUp: async () => {
      const { process: recorded } = await readDaemonState(paths);
      for (const identity of [...spawned, ...(recorded === undefined ? [] : [recorded])]) {
        if (identity.pid !== process.pid && identity.startTicks !== 0 && isAlive(identity)) process.kill(identity.pid, 'SIGKILL');
      }
      rmSync(dir, { recursive: true, force: true });
    },
  };
}
