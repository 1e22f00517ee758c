import { existsSync, mkdirSync, readFileSync, readdirSync, statSync, writeFileSync } from 'node:fs';
import { mkdtemp, rm } from 'node:fs/promises';
import { once } from 'node:events';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Readable } from 'node:stream';
import { silentLogger, systemClock } from '@ccproxy/kernel';
import { openSqliteStore, type SqliteStore } from '@ccproxy/store';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { DurableLedger } from './journaled-ledger.js';
import { openLedger, type OpenLedgerOptions } from './open-ledger.js';
import { sampleClose, sampleOpen } from './testing/sample-rows.js';
import { spawnSource } from './testing/spawn-source.js';

let dir = '';
let store: SqliteStore;
let opened: DurableLedger[] = [];
const base = { clock: systemClock, logger: silentLogger };
beforeEach(async () => {
  dir = await mkdtemp(join(tmpdir(), 'ccproxy-ledger-'));
  store = await openSqliteStore({ ...base, file: join(dir, 'ccproxy.db') });
  opened = [];
});
afterEach(async () => {
  for (const ledger of opened) await ledger.stop();
  await store.close();
  await rm(dir, { recursive: true, force: true });
});

async function open(changes: Partial<OpenLedgerOptions> = {}): Promise<DurableLedger> {
  const ledger = await openLedger({ ...base, dir, database: store, ...changes });
  opened.push(ledger);
  return ledger;
}
const openRow = (ledger: DurableLedger, id: string, changes = {}): Promise<void> =>
  new Promise((resolve) => ledger.open(sampleOpen(id, changes), resolve));
const closeRow = (ledger: DurableLedger, id: string, changes = {}): Promise<void> =>
  new Promise((resolve) => ledger.close(id, sampleClose(changes), resolve));
const journalText = (): string => ['ledger-0.journal', 'ledger-1.journal'].map((name) => readFileSync(join(dir, name), 'utf8')).join('');
const stored = async (): Promise<unknown[]> => store.database.all('SELECT id, outcome FROM ledger_attempts ORDER BY seq');

describe('openLedger', () => {
  it('[C17] acknowledges an entry when it is in the journal, and stores it later', async () => {
    const ledger = await open({ flushMs: 60_000 });
    await openRow(ledger, 'a');
    expect(journalText()).toContain('o["a","req_a",1,');
    await closeRow(ledger, 'a');
    expect(journalText()).toContain('c["a","ok",200,');
    expect(await stored()).toEqual([]);
    expect(ledger.health()).toMatchObject({ journal: 'ok', database: 'ok', pending: 2 });
    await ledger.flush();
    expect(await stored()).toEqual([{ id: 'a', outcome: 'ok' }]);
    expect(ledger.health().pending).toBe(0);
  });

  it('acknowledges all entries of a turn together, in order', async () => {
    const ledger = await open();
    const acknowledged: string[] = [];
    for (const id of ['a', 'b', 'c']) ledger.open(sampleOpen(id), () => acknowledged.push(id));
    ledger.close('a', sampleClose(), () => acknowledged.push('end of a'));
    expect([acknowledged, journalText()]).toEqual([[], '']);
    await new Promise(setImmediate);
    expect(acknowledged).toEqual(['a', 'b', 'c', 'end of a']);
    expect(journalText().split('\n')).toHaveLength(5);
  });

  it('with sync full acknowledges when the disk has it', async () => {
    const ledger = await open({ sync: 'full' });
    await Promise.all(Array.from({ length: 50 }, async (_, index) => openRow(ledger, `x${index}`)));
    expect(journalText().split('\n')).toHaveLength(51);
    await closeRow(ledger, 'x0');
    await ledger.stop();
    expect(await stored()).toHaveLength(50);
  });

  it('with sync full forgets nobody who comes just when the disk is done', async () => {
    const ledger = await open({ sync: 'full', flushMs: 60_000 });
    await openRow(ledger, 'a');
    const acknowledged = openRow(ledger, 'b');
    await ledger.flush();
    await acknowledged;
    expect(await stored()).toHaveLength(2);
  });

  it('gives back what was said, newest first, stored or not', async () => {
    const ledger = await open({ flushMs: 60_000 });
    await openRow(ledger, 'a', { agentId: 'agent', sessionId: undefined, requestClass: undefined, stream: false });
    await closeRow(ledger, 'a', {
      errorCode: 'E',
      stopReason: undefined,
      usage: { inputTokens: 1, cacheReadTokens: 3, cacheCreationTokens: 4 },
    });
    await openRow(ledger, 'b');
    await ledger.flush();
    await closeRow(ledger, 'b', { firstByteMs: undefined, httpStatus: undefined, outcome: 'aborted' });
    await openRow(ledger, 'c');
    ledger.open(sampleOpen('d'), () => {});
    const rows = await ledger.recent(10);
    expect(rows).toEqual([
      sampleOpen('d'),
      sampleOpen('c'),
      { ...sampleOpen('b'), ...sampleClose({ firstByteMs: undefined, httpStatus: undefined, outcome: 'aborted' }) },
      {
        ...sampleOpen('a', { agentId: 'agent', sessionId: undefined, requestClass: undefined, stream: false }),
        ...sampleClose({ errorCode: 'E', stopReason: undefined, usage: { inputTokens: 1, cacheReadTokens: 3, cacheCreationTokens: 4 } }),
      },
    ]);
    expect((await ledger.recent(2)).map((row) => row.id)).toEqual(['d', 'c']);
    expect(await ledger.recent(0)).toEqual([]);
    await ledger.flush();
    expect(await ledger.recent(10)).toEqual(rows);
  });

  it('[C17] both attempts of a request are counted; unknown usage adds nothing', async () => {
    const ledger = await open();
    await openRow(ledger, 'r.1', { requestId: 'r', attempt: 1 });
    await openRow(ledger, 'r.2', { requestId: 'r', attempt: 2 });
    await openRow(ledger, 's');
    await closeRow(ledger, 'r.1', { outcome: 'error', usage: { inputTokens: -5, outputTokens: Number.NaN } });
    await closeRow(ledger, 'r.2', { usage: { inputTokens: 7, outputTokens: 1e308 } });
    expect(ledger.totals()).toEqual({ attempts: 3, open: 1, inputTokens: 7, outputTokens: 0 });
    await ledger.flush();
    expect({ ...(await store.ledger.totals()) }).toEqual(ledger.totals());
    expect((await ledger.recent(3)).map((row) => row.usage)).toEqual([undefined, { inputTokens: 7 }, {}]);
  });

  it('ignores and counts what cannot be: unknown and double closes, double opens, entries after the end', async () => {
    const ledger = await open();
    await openRow(ledger, 'a');
    await Promise.all([
      openRow(ledger, 'a'),
      closeRow(ledger, 'nobody'),
      closeRow(ledger, 'a'),
      closeRow(ledger, 'a', { outcome: 'error' }),
    ]);
    expect(ledger.health().ignored).toBe(3);
    await ledger.stop();
    await openRow(ledger, 'late');
    await closeRow(ledger, 'late');
    expect(ledger.health().ignored).toBe(5);
    expect(await stored()).toEqual([{ id: 'a', outcome: 'ok' }]);
  });

  it('goes on when a callback fails', async () => {
    const errors: string[] = [];
    const ledger = await open({ logger: { ...silentLogger, error: (_, message) => void errors.push(message) } });
    ledger.open(sampleOpen('a'), () => {
      throw new Error('not our fault');
    });
    await openRow(ledger, 'b');
    expect(errors).toEqual(['a callback of the ledger failed']);
  });

  it('takes entries that a callback hands in while it stops', async () => {
    const ledger = await open();
    ledger.open(sampleOpen('a'), () => ledger.close('a', sampleClose(), () => {}));
    await ledger.stop();
    expect(await stored()).toEqual([{ id: 'a', outcome: 'ok' }]);
  });

  it('[C17] opened again it has the same totals; what was open is lost; the files are small', async () => {
    const first = await open();
    await openRow(first, 'a');
    await openRow(first, 'b');
    await closeRow(first, 'a');
    const totals = first.totals();
    await first.stop();
    expect(journalText()).toBe('');
    const second = await open();
    expect(second.totals()).toEqual({ ...totals, open: 0 });
    expect((await second.recent(2)).map((row) => [row.id, row.outcome, row.usage])).toEqual([
      ['b', 'lost', {}],
      ['a', 'ok', { inputTokens: 100, outputTokens: 50 }],
    ]);
    expect(second.health().markedLost).toBe(1);
  });

  it('replays a journal any number of times with the same result', async () => {
    const first = await open({ flushMs: 60_000 });
    for (const id of ['a', 'b', 'c']) await openRow(first, id);
    for (const id of ['a', 'b']) await closeRow(first, id);
    const journal = journalText();
    await first.stop();
    for (let round = 0; round < 3; round++) {
      // Closes before opens, twice, a torn line between: as after a crash amid rotation.
      const lines = journal.trimEnd().split('\n');
      writeFileSync(join(dir, 'ledger-1.journal'), `${lines.slice(3).join('\n')}\n${lines.at(-1)?.slice(0, 20)}`);
      writeFileSync(join(dir, 'ledger-0.journal'), journal);
      const again = await open();
      expect(again.totals()).toEqual({ attempts: 3, open: 0, inputTokens: 200, outputTokens: 100 });
      expect((await again.recent(5)).map((row) => row.outcome)).toEqual(['lost', 'ok', 'ok']);
      await again.stop();
    }
  });

  it('rotates its two files and keeps them small while rows keep coming', async () => {
    const ledger = await open({ rotateBytes: 8 * 1024, flushMs: 1 });
    let largest = 0;
    const used = new Set<string>();
    for (let i = 0; i < 1000; i++) {
      await openRow(ledger, `x${i}`);
      await closeRow(ledger, `x${i}`);
      if (i % 10 !== 0) continue;
      await new Promise((resolve) => setTimeout(resolve, 1));
      largest = Math.max(largest, ledger.health().journalBytes);
      for (const name of readdirSync(dir)) if (name.endsWith('.journal') && statSync(join(dir, name)).size > 0) used.add(name);
    }
    await ledger.flush();
    expect([...used].sort()).toEqual(['ledger-0.journal', 'ledger-1.journal']);
    expect(await stored()).toHaveLength(1000);
    // 1000 rows are 450 KB of entries.
    expect(largest).toBeLessThan(300_000);
  });

  it('keeps the newest rows when there are many, and the totals of all', async () => {
    const ledger = await open({ retainRows: 1 });
    await Promise.all(
      Array.from({ length: 16_000 }, async (_, index) => {
        await openRow(ledger, `x${index}`);
        await closeRow(ledger, `x${index}`);
      }),
    );
    await ledger.flush();
    const rows = (await stored()).length;
    expect([rows >= 10_000, rows < 16_000]).toEqual([true, true]);
    expect(ledger.totals().attempts).toBe(16_000);
    await ledger.stop();
    expect((await open()).totals().attempts).toBe(16_000);
  });

  it('[C17] a successor writes beside a predecessor that drains, and neither loses or closes a row of the other', async () => {
    const predecessor = await open();
    await openRow(predecessor, 'old');
    const successor = await open();
    await openRow(successor, 'new');
    await predecessor.flush();
    expect(await stored()).toContainEqual({ id: 'old', outcome: null });
    await closeRow(predecessor, 'old');
    await predecessor.stop();
    await closeRow(successor, 'new');
    await successor.flush();
    expect(await stored()).toEqual(
      expect.arrayContaining([
        { id: 'old', outcome: 'ok' },
        { id: 'new', outcome: 'ok' },
      ]),
    );
    const next = await open();
    await openRow(next, 'third');
    await successor.stop();
    await next.stop();
    expect(await stored()).toHaveLength(3);
  });

  it('[C17] takes over what a killed successor and a killed predecessor left, each in its own journal', async () => {
    const children = [];
    for (const name of ['one', 'two']) {
      const child = spawnSource('busy-ledger', [dir, name], { stdio: ['ignore', 'pipe', 'ignore'] });
      const lines = (child.stdout as Readable).resume();
      children.push({ child, gone: once(child, 'exit') });
      await once(lines, 'data');
    }
    for (const { child } of children) child.kill('SIGKILL');
    await Promise.all(children.map(async ({ gone }) => gone));
    const ledger = await open();
    await ledger.flush();
    const ids = (await store.database.all('SELECT id FROM ledger_attempts')).map((row) => String((row as { id: unknown }).id));
    expect([ids.some((id) => id.includes('one')), ids.some((id) => id.includes('two'))]).toEqual([true, true]);
    expect(await store.database.all('SELECT id FROM ledger_attempts WHERE outcome IS NULL')).toEqual([]);
  });

  it('[C17] serves several predecessors that still drain, and takes over what each of them left', async () => {
    const daemons = [];
    for (const id of ['first', 'second', 'third', 'fourth']) {
      const ledger = await open();
      await openRow(ledger, id);
      daemons.push(ledger);
    }
    const [first, second, third, fourth] = daemons;
    for (const [id, ledger] of [
      ['third', third],
      ['first', first],
      ['fourth', fourth],
      ['second', second],
    ] as const) {
      if (ledger !== undefined) await closeRow(ledger, id);
      await ledger?.stop();
    }
    const next = await open();
    await next.flush();
    const rows = await stored();
    // Which journal is taken over first is the clock's matter.
    expect(rows).toEqual(expect.arrayContaining(['first', 'second', 'third', 'fourth'].map((id) => ({ id, outcome: 'ok' }))));
    expect(rows).toHaveLength(4);
    await next.stop();
  });

  it('is refused to a ninth ledger of the directory, in this process and in another', async () => {
    const ledger = await open();
    for (let n = 0; n < 7; n += 1) await open();
    await expect(open()).rejects.toMatchObject({ code: 'CCP_LEDGER_IN_USE', where: { file: dir } });
    const child = spawnSource('busy-ledger', [dir, 'other', 'normal', '10'], { stdio: ['ignore', 'ignore', 'pipe'] });
    let said = '';
    child.stderr?.on('data', (chunk) => (said += String(chunk)));
    expect(await new Promise((resolve) => child.once('exit', resolve))).toBe(1);
    expect(said).toContain('CCP_LEDGER_IN_USE');
    await openRow(ledger, 'a');
    await ledger.stop();
    await (await open()).stop();
  });

  it('a journal that cannot be opened is a coded error, and the directory is free again', async () => {
    mkdirSync(join(dir, 'ledger-1.journal'));
    await expect(open()).rejects.toMatchObject({ code: 'CCP_LEDGER_JOURNAL', where: { file: dir } });
    await rm(join(dir, 'ledger-1.journal'), { recursive: true });
    await open();
    expect(existsSync(join(dir, 'ledger-1.journal'))).toBe(true);
  });

  it('a directory that cannot be is a coded error', async () => {
    writeFileSync(join(dir, 'plain'), '');
    await expect(open({ dir: join(dir, 'plain', 'sub') })).rejects.toMatchObject({ name: 'CcproxyError' });
  });
});
