import { deepEqual, equal, rejects } from 'node:assert/strict';
import { FakeClock } from '@ccproxy/kernel/testing';
import type { CloseEntry, OpenEntry } from '../ledger-table.js';
import type { Store } from '../store.js';
import { closeAttempt, openAttempt } from '../stored-attempt.js';

/** What every adapter must do. Bound to no test framework: run each case as one test. */
export interface StoreContractCase {
  readonly name: string;
  /** `open` gives an empty store that lives on `clock`; the case closes it. Rejects when the adapter is wrong. */
  run(open: (clock: FakeClock) => Promise<Store>): Promise<void>;
}

function opening(id: string): OpenEntry {
  const route = ['background', 'local', 'ollama', 'claude-x', 'qwen3:8b', 'local'] as const;
  return [id, `r-${id}`, 1, 1000, ...route, 'session', null, 'auxiliary', 1, 1234, 300];
}

function closing(id: string, outcome = 'ok', input: number | null = 10, output: number | null = 5): CloseEntry {
  return [id, outcome, 200, null, 'end_turn', input, output, null, 2, 12.5, 80.25, 999];
}

const json = (entries: readonly unknown[]): string[] => entries.map((entry) => JSON.stringify(entry));

function contractCase(name: string, body: (store: Store, clock: FakeClock) => Promise<void>): StoreContractCase {
  return {
    name,
    async run(open) {
      const clock = new FakeClock();
      const store = await open(clock);
      try {
        await body(store, clock);
      } finally {
        await store.close();
      }
    },
  };
}

const ledgerCases = [
  contractCase('ledger: an attempt is opened, closed and read back with every column', async ({ ledger }) => {
    await ledger.apply({ opens: json([opening('a'), opening('b')]), closes: json([closing('a')]) });
    const [b, a] = await ledger.recent(10);
    deepEqual([b?.id, b?.outcome, b?.durationMs], ['b', null, null]);
    deepEqual({ ...a }, closeAttempt(openAttempt(opening('a')), closing('a')));
    deepEqual([a?.model, a?.stream, a?.agentId, a?.cacheCreationTokens, a?.durationMs], ['claude-x', 1, null, 2, 80.25]);
    deepEqual({ ...(await ledger.totals()) }, { attempts: 2, open: 1, inputTokens: 10, outputTokens: 5 });
  }),
  contractCase('ledger: the same batch twice changes nothing', async ({ ledger }) => {
    const batch = { opens: json([opening('a'), opening('b')]), closes: json([closing('a')]) };
    await ledger.apply(batch);
    const before = await ledger.recent(10);
    await ledger.apply(batch);
    await ledger.apply({ opens: [], closes: json([closing('a', 'error', 7, 7), closing('nobody')]) });
    deepEqual(await ledger.recent(10), before);
    deepEqual({ ...(await ledger.totals()) }, { attempts: 2, open: 1, inputTokens: 10, outputTokens: 5 });
  }),
  contractCase('ledger: a batch with a broken entry leaves nothing behind', async ({ ledger }) => {
    await rejects(ledger.apply({ opens: [JSON.stringify(opening('a')), '{broken'], closes: [] }));
    deepEqual(await ledger.recent(10), []);
    equal((await ledger.totals()).attempts, 0);
  }),
  contractCase('ledger: open attempts are marked lost once; unknown usage adds nothing', async ({ ledger }) => {
    await ledger.apply({ opens: json([opening('a'), opening('b'), opening('c')]), closes: json([closing('b', 'ok', null, null)]) });
    equal(await ledger.markLost(), 2);
    equal(await ledger.markLost(), 0);
    await ledger.apply({ opens: [], closes: json([closing('a')]) });
    deepEqual(
      (await ledger.recent(10)).map((row) => [row.id, row.outcome]),
      [
        ['c', 'lost'],
        ['b', 'ok'],
        ['a', 'lost'],
      ],
    );
    deepEqual({ ...(await ledger.totals()) }, { attempts: 3, open: 0, inputTokens: 0, outputTokens: 0 });
  }),
  contractCase('ledger: recent is newest first and limited; prune keeps the newest, the open ones and the totals', async ({ ledger }) => {
    const ids = Array.from({ length: 20 }, (_, index) => `id${index}`);
    await ledger.apply({ opens: json(ids.map((id) => opening(id))), closes: json(ids.slice(1).map((id) => closing(id))) });
    deepEqual(
      (await ledger.recent(2)).map((row) => row.id),
      ['id19', 'id18'],
    );
    deepEqual(await ledger.recent(0), []);
    await ledger.prune(5);
    deepEqual(
      (await ledger.recent(100)).map((row) => row.id),
      ['id19', 'id18', 'id17', 'id16', 'id15', 'id0'],
    );
    deepEqual({ ...(await ledger.totals()) }, { attempts: 20, open: 1, inputTokens: 190, outputTokens: 95 });
  }),
];

const decisionCases = [
  contractCase('decisions: put, replace, read newest first', async ({ decisions }) => {
    await decisions.put([
      { requestId: 'a', at: 1, route: 'x', json: '{}' },
      { requestId: 'b', at: 3, route: 'y', json: '{"n":1}' },
    ]);
    await decisions.put([{ requestId: 'a', at: 2, route: 'z', json: '[]' }]);
    await decisions.put([]);
    deepEqual(
      (await decisions.recent(5)).map((row) => ({ ...row })),
      [
        { requestId: 'b', at: 3, route: 'y', json: '{"n":1}' },
        { requestId: 'a', at: 2, route: 'z', json: '[]' },
      ],
    );
    equal((await decisions.recent(1)).length, 1);
    deepEqual(
      (await decisions.recent(5, 2)).map((row) => row.requestId),
      ['a'],
    );
    deepEqual(await decisions.recent(5, 1), []);
    deepEqual(await decisions.recent(0), []);
  }),
  contractCase('decisions: prune by age and by count', async ({ decisions }) => {
    await decisions.put(Array.from({ length: 10 }, (_, at) => ({ requestId: `r${at}`, at, route: '', json: '{}' })));
    await decisions.prune({ before: 3, keep: 100 });
    equal((await decisions.recent(100)).length, 7);
    await decisions.prune({ before: 0, keep: 2 });
    deepEqual(
      (await decisions.recent(100)).map((row) => row.at),
      [9, 8],
    );
  }),
];

const keyValueCases = [
  contractCase('key-value: set, get, replace, delete, apart by namespace', async (store) => {
    const one = store.keyValue('one');
    await one.set('k', 'v');
    await one.set('k', 'w');
    await store.keyValue('two').set('k', 'other');
    equal(await store.keyValue('one').get('k'), 'w');
    equal(await store.keyValue('two').get('k'), 'other');
    await one.delete('k');
    await one.delete('k');
    equal(await one.get('k'), undefined);
    equal(await store.keyValue('two').get('k'), 'other');
  }),
  contractCase('key-value: an entry expires by the wall clock', async (store, clock) => {
    const entries = store.keyValue('one');
    await entries.set('short', 'x', { ttlMs: 1000 });
    await entries.set('long', 'y');
    clock.advance(999);
    equal(await entries.get('short'), 'x');
    clock.advance(1);
    equal(await entries.get('short'), undefined);
    await entries.set('other', 'z');
    deepEqual(
      (await entries.list('', 10)).map((entry) => entry.key),
      ['long', 'other'],
    );
  }),
  contractCase('key-value: list by prefix, in order, limited; prefixes are taken literally', async (store) => {
    const entries = store.keyValue('one');
    for (const key of ['a%1', 'a_1', 'a%2', 'b', 'a', 'ab', 'ä', '😀']) await entries.set(key, key.toUpperCase());
    deepEqual(
      (await entries.list('a%', 10)).map((entry) => entry.key),
      ['a%1', 'a%2'],
    );
    deepEqual(
      (await entries.list('a', 2)).map((entry) => entry.key),
      ['a', 'a%1'],
    );
    deepEqual(
      (await entries.list('', 10)).map((entry) => entry.key),
      ['a', 'a%1', 'a%2', 'a_1', 'ab', 'b', 'ä', '😀'],
    );
    deepEqual(await entries.list('zz', 10), []);
    deepEqual(
      (await entries.list('ä', 1)).map((entry) => ({ ...entry })),
      [{ key: 'ä', value: 'Ä' }],
    );
  }),
  contractCase('key-value: too long a key or value is refused, the longest accepted', async (store) => {
    const entries = store.keyValue('one');
    await entries.set('k'.repeat(512), 'v'.repeat(1024 * 1024));
    equal((await entries.get('k'.repeat(512)))?.length, 1024 * 1024);
    await rejects(entries.set('k'.repeat(513), 'v'), { code: 'CCP_STORE_VALUE' });
    await rejects(entries.set('k', 'v'.repeat(1024 * 1024 + 1)), { code: 'CCP_STORE_VALUE' });
  }),
  contractCase('health: ok when nothing failed', async (store) => {
    await store.keyValue('one').set('k', 'v');
    deepEqual(store.health(), { state: 'ok', pending: 0, lastError: undefined, notice: undefined });
  }),
];

/** The contract of `Store`. */
export const storeContract: readonly StoreContractCase[] = [...ledgerCases, ...decisionCases, ...keyValueCases];
