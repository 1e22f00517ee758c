import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';

/**
 * How far the heap may grow between two full collections, percent of what survived the last one. V8 counts the bytes of requests as part of the
 * heap, so with its own figure (some 70) every eighth request of 1.5 MB marks the whole heap; nothing of those bytes needs it, they go with
 * the young generation (measured: CPU of such a request falls to less than half, docs/reference/performance.md).
 */
const growthPercent = 300;

/** Sets how V8 collects in this process. To be called before the work begins. */
export const tuneHeap = (): void => setFlagsFromString(`--heap-growing-percent=${growthPercent}`);

/** `gc` of V8 with the options its own tests use; a context made while the flag is set has it. */
type Collect = (options: { readonly type: 'major'; readonly flavor: 'last-resort' }) => void;

/**
 * Collects until nothing more is freed and gives the room of the young generation back, as V8 does when an allocation is about to fail. A full
 * collection alone keeps that room (measured: 128 MB stay after it, 1 MB after this one).
 */
export function collectEverything(): void {
  setFlagsFromString('--expose-gc');
  const collect: Collect = runInNewContext('gc');
  setFlagsFromString('--no-expose-gc');
  collect({ type: 'major', flavor: 'last-resort' });
}
