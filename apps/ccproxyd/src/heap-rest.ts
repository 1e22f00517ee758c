import type { Clock, Timer } from '@ccproxy/kernel';

/** Gives memory back to the system while nothing is asked of the daemon. */
export interface HeapRest {
  /** A request came in. Called for every one of them: it only notes the time. */
  requested(): void;
  end(): void;
}

export interface HeapRestOptions {
  readonly clock: Clock;
  /** Streams, runs and other work that a pause would hold up. */
  readonly busy: () => boolean;
  /** Resident memory of the process now, bytes. */
  readonly rss: () => number;
  /** Collects everything and shrinks the heap; stops the process for some 50 ms. */
  readonly collect: () => void;
}

/** What the start left behind is collected this long after it, ms, unless a request came meanwhile. */
const afterStartMs = 1000;
/** Silence that counts as rest, ms. */
const quietMs = 30_000;
/** Memory that has to have been added since the last rest to be worth another one, bytes. */
const worthBytes = 16 * 1024 * 1024;

/**
 * V8 keeps the room of a young generation that was once needed, and what a start or a burst of requests leaves behind, until it runs out: a daemon
 * that rests asks for a complete collection once. The timer keeps no process alive.
 */
export function createHeapRest({ clock, busy, rss, collect }: HeapRestOptions): HeapRest {
  let restedBytes = 0;
  let requestedAt = -Infinity;
  let timer: Timer | undefined;

  const wait = (ms: number): void => {
    timer = clock.setTimeout(look, ms, { unref: true });
  };
  const look = (): void => {
    if (clock.monotonic() - requestedAt >= quietMs && !busy() && rss() - restedBytes >= worthBytes) {
      collect();
      restedBytes = rss();
    }
    wait(quietMs);
  };
  wait(afterStartMs);
  return {
    requested() {
      requestedAt = clock.monotonic();
    },
    end() {
      timer?.clear();
    },
  };
}
