import type { Clock, Logger, Timer } from '@ccproxy/kernel';

/** Stops a daemon that was started by the way when nobody wants it any more. */
export interface IdleShutdown {
  /** A lease was opened or ended, or the daemon was pinned. */
  leasesChanged(): void;
  /** A request came in that belongs to no session. Called for every one of them: it only notes the time. */
  outsideRequest(): void;
  /** Never stops from now on. */
  end(): void;
}

export interface IdleShutdownOptions {
  readonly clock: Clock;
  readonly logger: Logger;
  /** `server.idleShutdown`, ms: time after the last session. */
  readonly idleMs: number;
  /** Time after the last request from outside a session, ms; half an hour. */
  readonly quietMs?: number;
  readonly wanted: {
    leases(): number;
    pinned(): boolean;
    /** Streams, runs and other work that an end would cut. */
    busy(): boolean;
    /** Projects that shells may enter at any moment. */
    projects(): number;
  };
  readonly stop: () => void;
}

/** While something keeps the daemon that ends without a word (a stream, a project), it looks again at least this often, ms. */
const lookAgainMs = 10_000;

/** Whoever started the daemon opens its session within this time, ms, however short `idleMs` is. */
const firstSessionMs = 30_000;

/** Watches the conditions of `server.idleShutdown` with one timer at most; the timer keeps no process alive. */
export function createIdleShutdown(options: IdleShutdownOptions): IdleShutdown {
  const { clock, logger, idleMs, quietMs = 30 * 60_000, wanted, stop } = options;
  let freeSince = clock.monotonic();
  let patience = Math.max(idleMs, firstSessionMs);
  let outsideAt = -Infinity;
  let timer: Timer | undefined;
  let ended = false;

  const wait = (ms: number): void => {
    timer?.clear();
    timer = clock.setTimeout(look, ms, { unref: true });
  };
  const look = (): void => {
    timer?.clear();
    timer = undefined;
    if (ended || wanted.pinned() || wanted.leases() > 0) return;
    const left = Math.max(freeSince + patience, outsideAt + quietMs) - clock.monotonic();
    if (left > 0) {
      wait(left);
    } else if (wanted.busy() || wanted.projects() > 0) {
      wait(Math.min(idleMs, lookAgainMs));
    } else {
      ended = true;
      logger.info({ idleMs }, 'no session for a while: stopping');
      stop();
    }
  };
  look();
  return {
    leasesChanged() {
      patience = idleMs;
      freeSince = clock.monotonic();
      look();
    },
    outsideRequest() {
      outsideAt = clock.monotonic();
    },
    end() {
      ended = true;
      timer?.clear();
    },
  };
}
