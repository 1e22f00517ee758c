import { CcproxyError, systemClock } from '@ccproxy/kernel';
import { createDaemonClient, type DaemonClient } from './daemon-client.js';
import { ensureDaemon, type EnsuredDaemon, type EnsureDaemonOptions } from './ensure-daemon.js';
import { retryPause } from './retry-pause.js';

export interface OpenedDaemon<T> {
  /** Its connection is open: what was opened with it lives as long. */
  readonly client: DaemonClient;
  /** True when this call started the daemon. */
  readonly started: boolean;
  readonly value: T;
}

/** Failures of a daemon that is on its way out: the next one takes the session. */
const leaving: ReadonlySet<string> = new Set(['CCP_DAEMON_STOPPING', 'CCP_IPC_CLOSED']);

/**
 * Opens something that keeps a daemon (a session, a lease) with one that stays: when the daemon found is just stopping, waits for its end
 * and starts the next; when somebody kills the one just started, starts another, a few times. `patienceMs` is for the whole, 60 s by default: a stopping daemon may finish requests first.
 * @throws what `ensureDaemon` and `open` raise; the refusal of the stopping daemon when it does not end in time
 */
export async function openWithDaemon<T>(
  options: EnsureDaemonOptions,
  open: (client: DaemonClient) => Promise<T>,
): Promise<OpenedDaemon<T>> {
  const { patienceMs = 60_000, clock = systemClock, random = Math.random } = options;
  const end = clock.monotonic() + patienceMs;
  for (let attempt = 0; ; attempt += 1) {
    const left = Math.max(0, end - clock.monotonic());
    const ensured = await ensureOrKilled({ ...options, patienceMs: left }, attempt);
    if (ensured === 'killed') continue;
    const { connection, started } = ensured;
    const client = createDaemonClient(connection);
    try {
      return { client, started, value: await open(client) };
    } catch (error) {
      await client.close();
      if (left === 0 || !CcproxyError.isInstance(error) || !leaving.has(error.code)) throw error;
    }
    await new Promise<void>((resolve) => void clock.setTimeout(resolve, retryPause(attempt, random)));
  }
}

/** More than this is no coincidence. */
const mostKills = 5;

/** The daemon, or `killed` when a signal ended the one that was starting. */
async function ensureOrKilled(options: EnsureDaemonOptions, attempt: number): Promise<EnsuredDaemon | 'killed'> {
  try {
    return await ensureDaemon(options);
  } catch (error) {
    const bySignal =
      CcproxyError.isInstance(error) && error.code === 'CCP_DAEMON_START_FAILED' && typeof error.details?.['signal'] === 'string';
    if (!bySignal || attempt >= mostKills) throw error;
    return 'killed';
  }
}
