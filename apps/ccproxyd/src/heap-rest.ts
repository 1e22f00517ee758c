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
  /** Share of the time since the last call in which the event loop worked, 0 to 1. */
  readonly load: () => number;
  /** Collects everything and shrinks the heap; stops the process for some 50 ms. */
  readonly collect: () => void;
}

/** What the start left behind is collected this long after it, ms, unless a request came meanwhile. */
const afterStartMs = 1000;
/** Silence that counts as rest, ms. */
const quietMs = 30_000;
/** Memory that has to have been added since the last rest to be worth another one, bytes. */
const worthBytes = 16 * 1024 * 1024;
/** The same while there is work, bytes: 200 answers that clients read slowly leave so much behind when they begin (measured). */
const heavyBytes = 96 * 1024 * 1024;
/** Work of at most this share of the time can stand a pause. */
const lightLoad = 0.25;

/**
 * V8 keeps the room of a young generation that was once needed, and what a start or a burst of requests leaves behind, until it runs out: a daemon
 * that rests asks for a complete collection once. So does one that holds much memory for work that hardly runs: answers whose clients read slowly.
 * The timer keeps no process alive.
 */
export function createHeapRest({ clock, busy, rss, load, collect }: HeapRestOptions): HeapRest {
  let restedBytes = 0;
  /** After the last collection of either kind. */
  let leftBytes = rss();
  let requestedAt = -Infinity;
  let timer: Timer | undefined;

  const wait = (ms: number): void => {
    timer = clock.setTimeout(look, ms, { unref: true });
  };
  const look = (): void => {
    const light = load() <= lightLoad;
    const quiet = clock.monotonic() - requestedAt >= quietMs && !busy();
    if (quiet ? rss() - restedBytes >= worthBytes : light && rss() - leftBytes >= heavyBytes) {
      collect();
      leftBytes = rss();
      if (quiet) restedBytes = leftBytes;
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
