import { setFlagsFromString } from 'node:v8';

/**
 * How far the heap may grow between two full collections, percent of what survived the last one. V8 counts the bytes of requests as part of the
 * heap, so with its own figure (some 70) every eighth request of 1.5 MB marks the whole heap; nothing of those bytes needs it, they go with
 * the young generation (measured: CPU of such a request falls to less than half, docs/reference/performance.md).
 */
const growthPercent = 300;

/** Sets how V8 collects in this process. To be called before the work begins. */
export const tuneHeap = (): void => setFlagsFromString(`--heap-growing-percent=${growthPercent}`);
