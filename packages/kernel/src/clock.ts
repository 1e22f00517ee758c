/** A pending timer. */
export interface Timer {
  clear(): void;
}

/** Time as an argument, so that tests own it. */
export interface Clock {
  /** Wall clock, ms since the epoch: for display and calendar periods only. */
  now(): number;
  /** Monotonic clock, ms with fractions: for durations. */
  monotonic(): number;
  /** Calls `fn` once after `ms`; an `unref` timer does not keep the process alive. */
  setTimeout(fn: () => void, ms: number, options?: { readonly unref?: boolean }): Timer;
}

/** The clock of the machine. */
export const systemClock: Clock = {
  now: () => Date.now(),
  // `performance` would have Node load a module of its own, 1 ms of a command.
  monotonic: () => {
    const [seconds, nanoseconds] = process.hrtime();
    return seconds * 1e3 + nanoseconds / 1e6;
  },
  setTimeout(fn, ms, options) {
    const handle = setTimeout(fn, ms);
    if (options?.unref === true) handle.unref();
    return { clear: () => clearTimeout(handle) };
  },
};
