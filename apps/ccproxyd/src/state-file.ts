import { rm } from 'node:fs/promises';
import { removeDaemonState, writeDaemonState } from '@ccproxy/client';
import type { DaemonStatus } from '@ccproxy/ipc';
import { type AppPaths, currentProcessIdentity, type Logger, writeFileAtomic } from '@ccproxy/kernel';

/** `daemon.json` and the pid file: information for people and tools. That a daemon is ready is said over IPC, never by a file. */
export interface StateFile {
  publish(status: DaemonStatus): Promise<void>;
  /** Writes the number of open leases, once per turn at most. */
  refcount(leases: number): void;
  /** Removes both files if they still are this process's. */
  retract(): Promise<void>;
}
