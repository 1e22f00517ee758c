import { performance } from 'node:perf_hooks';

/** Makes a function that answers in which share of the time since its last call the event loop of this thread worked, 0 to 1. */
export function eventLoopLoad(): () => number {
  let last = performance.eventLoopUtilization();
  return () => {
    const now = performance.eventLoopUtilization();
    const { utilization } = performance.eventLoopUtilization(now, last);
    last = now;
    return utilization;
  };
}
