import type { Clock } from '@ccproxy/kernel';
import { errors } from './errors.js';
import { checkEntry, type KeyValue } from './key-value.js';

interface Held {
  readonly value: string;
  readonly expiresAt: number;
}

/** One namespace in memory. CCP_STORE_VALUE when it would hold more than `maxEntries`. */
export function memoryKeyValue(clock: Clock, namespace: string, maxEntries = 100_000): KeyValue {
  const held = new Map<string, Held>();
  const isLive = (entry: Held): boolean => entry.expiresAt > clock.now();
  const purge = (): void => {
    for (const [key, entry] of held) if (!isLive(entry)) held.delete(key);
  };
  return {
    async get(key) {
      const entry = held.get(key);
      return entry !== undefined && isLive(entry) ? entry.value : undefined;
    },
    async set(key, value, options) {
      checkEntry(namespace, key, value);
      if (held.size >= maxEntries) purge();
      if (held.size >= maxEntries && !held.has(key)) {
        throw errors.CCP_STORE_VALUE({ message: `${namespace} holds ${held.size} entries already` });
      }
      held.set(key, { value, expiresAt: options?.ttlMs === undefined ? Number.POSITIVE_INFINITY : clock.now() + options.ttlMs });
    },
    async delete(key) {
      held.delete(key);
    },
    async list(prefix, limit) {
      const found = [...held].filter(([key, entry]) => key.startsWith(prefix) && isLive(entry));
      found.sort(([a], [b]) => Buffer.compare(Buffer.from(a), Buffer.from(b)));
      return found.slice(0, Math.max(limit, 0)).map(([key, { value }]) => ({ key, value }));
    },
  };
}
