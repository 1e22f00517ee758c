import type { Clock } from '@ccproxy/kernel';
import type { KeyValue } from './key-value.js';
import { memoryDecisionTable } from './memory-decision-table.js';
import { memoryKeyValue } from './memory-key-value.js';
import { memoryLedgerTable } from './memory-ledger-table.js';
import type { Store } from './store.js';

/** A store that forgets when the process ends. Bounded: 10 000 attempts, 10 000 decisions, 100 000 entries per namespace. */
export function createMemoryStore(options: { readonly clock: Clock }): Store {
  // One per owner in the code: the names are constants, not input.
  const namespaces = new Map<string, KeyValue>();
  return {
    ledger: memoryLedgerTable(),
    decisions: memoryDecisionTable(),
    keyValue(namespace) {
      const known = namespaces.get(namespace) ?? memoryKeyValue(options.clock, namespace);
      namespaces.set(namespace, known);
      return known;
    },
    health: () => ({ state: 'ok', pending: 0, lastError: undefined, notice: undefined }),
    async close() {},
  };
}
