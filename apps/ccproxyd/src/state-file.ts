import { type DaemonState, removeDaemonState, writeDaemonState } from '@ccproxy/client';
import type { DaemonStatus } from '@ccproxy/ipc';
import { type AppPaths, currentProcessIdentity, type Logger } from '@ccproxy/kernel';

/** `daemon.json` and the pid file: information for people and tools. That a daemon is ready is said over IPC, never by a file. */
export interface StateFile {
  publish(status: DaemonStatus): Promise<void>;
  /** Writes the number of open leases; of several changes in a row the last one is written. */
  refcount(leases: number): void;
  /** Removes both files if they still are this process's. */
  retract(): Promise<void>;
}

export function createStateFile({ paths, logger }: { readonly paths: AppPaths; readonly logger: Logger }): StateFile {
  const identity = currentProcessIdentity();
  let state: DaemonState | undefined;
  let leases = 0;
  let writing: Promise<void> | undefined;
  let retracted = false;

  const outdated = (): boolean => !retracted && state !== undefined && state.refcount !== leases;
  const write = async (): Promise<void> => {
    while (state !== undefined && outdated()) {
      state = { ...state, refcount: leases };
      await writeDaemonState(paths, state);
    }
  };
  return {
    async publish(status) {
      const { port, startTime, version, protocol, host, url, gatewaySocket, logFile, variables, variablesSalt } = status;
      state = {
        ...identity,
        port,
        startTime,
        version,
        protocol,
        host,
        url,
        gatewaySocket,
        logFile,
        variables,
        variablesSalt,
        config: status.configFile,
        refcount: leases,
      };
      await writeDaemonState(paths, state);
    },
    refcount(count) {
      leases = count;
      writing ??= write()
        .catch((error: unknown) => logger.warn({ err: error }, 'state file not written'))
        .finally(() => (writing = undefined));
    },
    async retract() {
      retracted = true;
      await writing;
      await removeDaemonState(paths, identity);
    },
  };
}
