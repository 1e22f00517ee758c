import { FakeClock } from '@ccproxy/kernel/testing';
import { describe, expect, it } from 'vitest';
import { memoryDecisionTable } from './memory-decision-table.js';
import { memoryKeyValue } from './memory-key-value.js';
import { memoryLedgerTable } from './memory-ledger-table.js';

describe('the bounds of what is kept in memory', () => {
  it('attempts: the oldest closed ones go, the totals stay', async () => {
    const table = memoryLedgerTable(10);
    const open = (id: string) => JSON.stringify([id, 'r', 1, 0, '', '', '', '', '', '', null, null, null, 0, 0, 0]);
    const close = (id: string) => JSON.stringify([id, 'ok', 200, null, null, 1, 1, null, null, null, 0, 0]);
    for (let i = 0; i < 50; i++) await table.apply({ opens: [open(`x${i}`)], closes: i === 0 ? [] : [close(`x${i}`)] });
    const rows = await table.recent(100);
    expect(rows.length).toBeLessThanOrEqual(12);
    expect([rows[0]?.id, rows.at(-1)?.id]).toEqual(['x49', 'x0']);
    expect(await table.totals()).toEqual({ attempts: 50, open: 1, inputTokens: 49, outputTokens: 49 });
  });

  it('decisions: the oldest go', async () => {
    const table = memoryDecisionTable(10);
    for (let at = 0; at < 50; at++) await table.put([{ requestId: `x${at}`, at, route: '', json: '{}' }]);
    const rows = await table.recent(100);
    expect(rows.length).toBeLessThanOrEqual(11);
    expect(rows[0]?.requestId).toBe('x49');
  });

  it('entries: expired ones make room, a full namespace takes no new key', async () => {
    const clock = new FakeClock();
    const entries = memoryKeyValue(clock, 'one', 2);
    await entries.set('a', '1', { ttlMs: 10 });
    await entries.set('b', '2');
    await expect(entries.set('c', '3')).rejects.toMatchObject({ code: 'CCP_STORE_VALUE' });
    await entries.set('b', '4');
    clock.advance(10);
    await entries.set('c', '3');
    expect((await entries.list('', 10)).map((entry) => entry.key)).toEqual(['b', 'c']);
  });
});
