import type { Server } from 'node:net';
import { acquireLock, adoptLock, type FileLock } from '@ccproxy/kernel';
import type { DaemonContext, SuccessorRequest } from './daemon-context.js';
import { errors } from './errors.js';
import { handOver } from './hand-over.js';
import type { DaemonState } from './open-state.js';

export interface RestartParts {
  readonly state: DaemonState;
  readonly context: DaemonContext;
  readonly lock: FileLock;
  /** Leaves what a successor resumes with; returns what is called when it failed. Must not fail. */
  readonly leave: () => Promise<() => void>;
  /** The listening TCP server. */
  readonly server: Server;
  readonly isPinned: () => boolean;
  /** It may stop by itself, and so may its successor. */
  readonly auto: boolean;
  readonly isDraining: () => boolean;
  /** The successor serves: this daemon begins to drain. */
  readonly succeed: () => void;
}

/** How long a successor may take until it is ready, ms. */
const takeoverTimeout = 20_000;

/**
 * Makes the function behind `daemon.restart`: it resolves with the pid of the successor once that serves. When the successor fails, the lock
 * is taken back and everything goes on as before.
 * @throws CCP_DAEMON_TAKEOVER with the successor's reason
 */
export function createRestart(parts: RestartParts): (request: Omit<SuccessorRequest, 'pinned' | 'auto'>) => Promise<number> {
  const { state, context } = parts;
  const { clock } = context;
  let { lock } = parts;
  return async ({ argv, env }) => {
    if (parts.isDraining()) throw errors.CCP_DAEMON_TAKEOVER({ message: 'this daemon is stopping already' });
    let left: Promise<() => void> | undefined;
    const leave = async (): Promise<void> => {
      await (left = parts.leave());
    };
    try {
      const spawnSuccessor = () => context.spawnSuccessor({ argv, env, pinned: parts.isPinned(), auto: parts.auto });
      const pid = await handOver({ spawnSuccessor, server: parts.server, lock, leave, clock, timeoutMs: takeoverTimeout });
      state.log.logger.info({ successor: pid }, 'handed over to the successor');
      parts.succeed();
      return pid;
    } catch (error) {
      // Also when it is still being left: a successor may fail at any time.
      void left?.then((takeBack) => takeBack());
      // Handed over already, or still ours: either way it is ours again.
      lock = (await adoptLock(state.lockFile)) ?? (await acquireLock(state.lockFile, { clock, waitMs: 2000 }));
      state.releases.defer('instance lock', () => lock.release());
      throw error;
    }
  };
}
