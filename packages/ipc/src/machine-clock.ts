import type { Clock } from '@ccproxy/kernel';

/**
 * The clock of the machine, as `systemClock` of the kernel. Kept here because a client's start-up counts: the kernel's index
 * would load the redactor, locks and process tables with it.
 */
export const machineClock: Clock = {
  now: () => Date.now(),
  monotonic: () => performance.now(),
  setTimeout(fn, ms, options) {
    const handle = setTimeout(fn, ms);
    if (options?.unref === true) handle.unref();
    return { clear: () => clearTimeout(handle) };
  },
};
