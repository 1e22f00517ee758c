import { secretNeedles } from './mask-secrets.js';

/** The needles of secrets that stay and of some that change now and then: made anew only when they do. */
export function liveNeedles(fixed: readonly string[], live: () => readonly string[]): () => readonly Buffer[] {
  const first = secretNeedles(fixed);
  let list: readonly string[] = [];
  let needles: readonly Buffer[] = first;
  return () => {
    const current = live();
    if (current.length !== list.length || current.some((secret, index) => secret !== list[index])) {
      list = current;
      needles = [...first, ...secretNeedles(current)];
    }
    return needles;
  };
}
