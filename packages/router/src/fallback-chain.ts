import type { Attempt, Target } from '@ccproxy/config';

/** More upstream tries than this help nobody who waits. */
const longestChain = 8;

/**
 * The attempts for a target: itself, the rule's fallbacks, its own, then theirs, level by level. Each target once, so that a circle
 * ends; at most 8. Unknown names are left out (the configuration was checked when it was loaded).
 */
export function fallbackChain(start: string, ruleFallback: readonly string[], targets: ReadonlyMap<string, Target>): readonly Attempt[] {
  const attempts = new Map<string, Attempt>();
  const queue = [start, ...ruleFallback, ...(targets.get(start)?.fallback ?? [])];
  for (const name of queue) {
    if (attempts.size === longestChain) break;
    const target = targets.get(name);
    if (target === undefined || attempts.has(name)) continue;
    attempts.set(name, { target: name, provider: target.provider, model: target.model });
    queue.push(...target.fallback);
  }
  return [...attempts.values()];
}
