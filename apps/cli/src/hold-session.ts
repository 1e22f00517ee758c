import { connectDaemon, createDaemonClient, type DaemonClient } from '@ccproxy/client';
import { type AppPaths, systemClock } from '@ccproxy/kernel';
import { cliVersion } from './cli-version.js';

/** Pause between tries to find a restarted daemon, ms. */
const retryMs = 1000;

/** Keeps a session tied to whatever daemon serves. */
export interface SessionHold {
  release(): Promise<void>;
}

/**
 * Holds the connection of an open session. When it ends although the session does not (the daemon was restarted or killed), it connects to
 * the next daemon and resumes; it never starts one. Timers do not keep the process alive.
 */
export function holdSession(client: DaemonClient, session: { readonly id: string; readonly paths: AppPaths }): SessionHold {
  let current = client;
  let released = false;
  const watch = (): void => current.connection.onClose(() => void reconnect());
  const wanted = (): boolean => !released;
  const reconnect = async (): Promise<void> => {
    while (wanted()) {
      await new Promise<void>((resolve) => void systemClock.setTimeout(resolve, retryMs, { unref: true }));
      try {
        const connection = await connectDaemon({ paths: session.paths, client: 'ccproxy claude', version: cliVersion, patienceMs: 0 });
        current = createDaemonClient(connection);
        await current.resumeSession({ id: session.id, client: 'ccproxy claude', pid: process.pid });
        watch();
        return;
      } catch {
        // No daemon (yet): the client shows its own connection errors meanwhile, and its user may start one.
      }
    }
  };
  watch();
  return {
    async release() {
      released = true;
      await current.close();
    },
  };
}
