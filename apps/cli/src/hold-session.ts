import { connectDaemon, createDaemonClient, type DaemonClient } from '@ccproxy/client';
import { type AppPaths, systemClock } from '@ccproxy/kernel';
import { cliVersion } from './cli-version.js';

/** Pause between tries to find a restarted daemon, ms. */
const retryMs = 1000;

/** The session and where its daemons are found. */
export interface HeldSession {
  readonly id: string;
  readonly paths: AppPaths;
  /** Id of the project it works in. */
  readonly project?: string | undefined;
}

/** Keeps a session tied to whatever daemon serves. */
export interface SessionHold {
  release(): Promise<void>;
}

/**
 * Holds the connection of an open session. When it ends although the session does not (the daemon was restarted or killed), it connects to
 * the next daemon and resumes; it never starts one. Timers do not keep the process alive.
 */
export function holdSession(client: DaemonClient, session: HeldSession): SessionHold {
  let current = client;
  let released = false;
  const watch = (): void => current.connection.onClose(() => void reconnect());
  const wanted = (): boolean => !released;
  const reconnect = async (): Promise<void> => {
    while (wanted()) {
      await new Promise<void>((resolve) => void systemClock.setTimeout(resolve, retryMs, { unref: true }));
      if (!wanted()) return;
      const next = await resumed(session);
      if (next === undefined) continue;
      // The client may have ended meanwhile: a connection nobody closes would keep this process.
      if (!wanted()) return next.close();
      current = next;
      watch();
      return;
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

/** A connection to the daemon that serves now, with the session tied to it; undefined when there is none (yet). */
async function resumed(session: HeldSession): Promise<DaemonClient | undefined> {
  const own = { client: 'ccproxy claude', version: cliVersion };
  let client: DaemonClient | undefined;
  try {
    client = createDaemonClient(await connectDaemon({ paths: session.paths, patienceMs: 0, ...own }));
    const { id, project } = session;
    await client.resumeSession({ id, client: own.client, pid: process.pid, ...(project === undefined ? {} : { project }) });
    return client;
  } catch {
    // The client shows its own connection errors meanwhile, and its user may start a daemon.
    await client?.close();
    return undefined;
  }
}
