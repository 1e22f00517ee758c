import { type Clock, isAlive as systemIsAlive, type ProcessIdentity, type Timer } from '@ccproxy/kernel';
import type { IpcPeer } from '@ccproxy/ipc';

/** Tells when processes end that are not children of this one. */
export interface ProcessWatch {
  /** Calls `onEnd` once when that very process is gone. */
  watch(identity: ProcessIdentity, onEnd: () => void): void;
  /** Stops looking; nobody is told any more. */
  end(): void;
}

interface Watched {
  readonly identity: ProcessIdentity;
  readonly onEnd: () => void;
}

const lookEveryMs = 1000;

/** Looks at the watched processes every second, with one timer while there are any; the timer keeps no process alive. */
export function createProcessWatch(options: {
  readonly clock: Clock;
  readonly isAlive?: (identity: ProcessIdentity) => boolean;
}): ProcessWatch {
  const { clock, isAlive = systemIsAlive } = options;
  const watched = new Set<Watched>();
  let timer: Timer | undefined;
  let ended = false;
  const arm = (): void => {
    timer = watched.size === 0 || ended ? undefined : clock.setTimeout(look, lookEveryMs, { unref: true });
  };
  const look = (): void => {
    for (const each of watched) {
      if (isAlive(each.identity)) continue;
      watched.delete(each);
      each.onEnd();
    }
    arm();
  };
  return {
    watch(identity, onEnd) {
      watched.add({ identity, onEnd });
      if (timer === undefined) arm();
    },
    end() {
      ended = true;
      timer?.clear();
    },
  };
}

/** A process in the place of a connection: what it holds ends with it. */
export function processPeer(identity: ProcessIdentity, client: string, processes: ProcessWatch): IpcPeer {
  return {
    connectionId: `process-${identity.pid}-${identity.startTicks}`,
    client,
    pid: identity.pid,
    keep: () => {},
    onClose: (listener) => processes.watch(identity, listener),
  };
}
