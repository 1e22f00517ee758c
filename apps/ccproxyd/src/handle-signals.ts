import type { Daemon } from './start-daemon.js';

/** The part of `process` that signals need. */
export interface SignalSource {
  on(signal: 'SIGTERM' | 'SIGINT' | 'SIGHUP', listener: () => void): unknown;
  exit(code: number): void;
}

/**
 * SIGTERM and SIGINT drain, a second one of either ends at once (the ledger is safe: it survives kill -9). SIGHUP
 * reloads the configuration; that of a closing terminal does no harm, because a daemon belongs to no terminal.
 * To be called before the daemon is there: it answers requests before its start is complete, and a signal in between must not cut them.
 */
export function handleSignals(source: SignalSource, starting: Promise<Pick<Daemon, 'drain' | 'reload'>>): void {
  let signalled = false;
  const whenStarted = (work: (daemon: Pick<Daemon, 'drain' | 'reload'>) => unknown): void => {
    // A start that failed ends the process by itself, with its own words.
    void starting.then(work, () => {});
  };
  const stop = (): void => {
    if (signalled) source.exit(130);
    signalled = true;
    whenStarted((daemon) => daemon.drain().catch(() => source.exit(1)));
  };
  source.on('SIGTERM', stop);
  source.on('SIGINT', stop);
  source.on('SIGHUP', () => whenStarted((daemon) => daemon.reload()));
}
