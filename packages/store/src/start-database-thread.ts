import { Worker } from 'node:worker_threads';
import type { ThreadData } from './thread-protocol.js';

/** What a batch leaves behind is garbage at once: more room for it only costs memory (up to 48 MB by default). */
const youngGenerationMb = 4;

/**
 * Starts the thread from its file beside this one: `.ts` when the sources run, `.js` in the published package. No memory limit is
 * set on its old generation: running into one inside SQLite's native code ends the whole process (measured); results are bounded instead.
 */
export function startDatabaseThread(data: ThreadData): Worker {
  const file = import.meta.url.endsWith('.ts') ? './database-thread.ts' : './database-thread.js';
  return new Worker(new URL(file, import.meta.url), {
    workerData: data,
    name: 'ccproxy-database',
    execArgv: [],
    resourceLimits: { maxYoungGenerationSizeMb: youngGenerationMb },
  });
}
