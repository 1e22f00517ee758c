import { closeSync, existsSync, openSync, readFileSync, rmSync, symlinkSync } from 'node:fs';
import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { silentLogger } from '@ccproxy/kernel';
import { FakeClock } from '@ccproxy/kernel/testing';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { DurableLedger, LedgerHealth } from './journaled-ledger.js';
import { openLedger, type OpenLedgerOptions } from './open-ledger.js';
import { createFailingTable, type FailingTable } from './testing/failing-table.js';
import { sampleClose, sampleOpen } from './testing/sample-rows.js';
import { spawnSource } from './testing/spawn-source.js';

let dir = '';
let clock = new FakeClock();
let database: FailingTable = createFailingTable(clock);
let logged: string[] = [];
let opened: DurableLedger[] = [];
beforeEach(async () => {
  dir = await mkdtemp(join(tmpdir(), 'ccproxy-faults-'));
  clock = new FakeClock();
  database = createFailingTable(clock);
  logged = [];
  opened = [];
});
afterEach(async () => {
  for (const ledger of opened) await ledger.stop();
  await rm(dir, { recursive: true, force: true });
});

async function open(changes: Partial<OpenLedgerOptions> = {}): Promise<DurableLedger> {
  const note = (_: object, message: string): void => void logged.push(message);
  const ledger = await openLedger({ dir, database, clock, logger: { ...silentLogger, error: note, info: note }, ...changes });
  opened.push(ledger);
  return ledger;
}
const openRow = (ledger: DurableLedger, id: string): Promise<void> => new Promise((resolve) => ledger.open(sampleOpen(id), resolve));
const closeRow = (ledger: DurableLedger, id: string, changes = {}): Promise<void> =>
  new Promise((resolve) => ledger.close(id, sampleClose(changes), resolve));
const turns = async (count = 20): Promise<void> => {
  for (let turn = 0; turn < count; turn++) await new Promise(setImmediate);
};
const ids = async (): Promise<string[]> => (await database.ledger.recent(1000)).map((row) => `${row.id} ${row.outcome}`).toReversed();

describe('a ledger whose disk is full', () => {
  const full = (): void => {
    for (const name of ['ledger-0.journal', 'ledger-1.journal']) {
      rmSync(join(dir, name), { force: true });
      symlinkSync('/dev/full', join(dir, name));
    }
  };
  const room = (): void => {
    for (const name of ['ledger-0.journal', 'ledger-1.journal']) rmSync(join(dir, name));
  };

  it.for(['normal', 'full'] as const)('[C17] acknowledges everything, says so once, stores it, and recovers (sync %s)', async (sync) => {
    full();
    const ledger = await open({ sync, flushMs: 60_000 });
    await openRow(ledger, 'a');
    await closeRow(ledger, 'a');
    expect(ledger.health()).toMatchObject({ journal: 'degraded', database: 'ok', unjournaledWrites: 2, lostWrites: 0 });
    await ledger.flush();
    expect(await ids()).toEqual(['a ok']);
    clock.advance(2000);
    await openRow(ledger, 'b');
    expect(logged).toEqual(['ledger journal cannot be written; requests go on, a crash may lose their rows']);
    room();
    clock.advance(2000);
    await openRow(ledger, 'c');
    expect(ledger.health()).toMatchObject({ journal: 'ok', unjournaledWrites: 3 });
    expect(logged).toHaveLength(2);
    // What only memory had is made up for.
    const journal = readFileSync(join(dir, 'ledger-0.journal'), 'utf8') + readFileSync(join(dir, 'ledger-1.journal'), 'utf8');
    expect([journal.includes('o["b",'), journal.includes('o["c",')]).toEqual([true, true]);
    await ledger.flush();
    expect(await ids()).toEqual(['a ok', 'b null', 'c null']);
  });

  it('with a failing database too keeps what memory may hold and counts the rest as lost', async () => {
    full();
    const ledger = await open({ maxPending: 10 });
    database.failing = true;
    for (let i = 0; i < 15; i++) await openRow(ledger, `x${i}`);
    expect(ledger.health()).toMatchObject({ pending: 10, lostWrites: 5, unjournaledWrites: 15 });
    expect((await ledger.recent(100)).map((row) => row.id)).toHaveLength(10);
    database.failing = false;
    await ledger.flush();
    expect(await ids()).toHaveLength(10);
    expect(logged.filter((line) => line.includes('are lost'))).toHaveLength(1);
  });

  it('[C17] the operating system refuses to let the files grow: the process finishes its work and says what is missing', async () => {
    const acks = join(dir, 'acks');
    const out = openSync(acks, 'w');
    const child = spawnSource('busy-ledger', [dir, 'x', 'normal', '3000'], { stdio: ['ignore', out, 'inherit'], maxFileBytes: 300 * 1024 });
    closeSync(out);
    expect(await new Promise((resolve) => child.once('close', resolve))).toBe(0);
    const lines = readFileSync(acks, 'utf8').trimEnd().split('\n');
    expect(lines.filter((line) => line.startsWith('c '))).toHaveLength(3000);
    const health = JSON.parse(lines.at(-1)?.slice('health '.length) ?? '{}') as LedgerHealth;
    expect(health).toMatchObject({ database: 'degraded' });
    expect(existsSync(join(dir, 'ledger-0.journal'))).toBe(true);
  });
});

describe('a ledger whose database fails', () => {
  it('[C17] acknowledges everything, keeps it in the journal, says so once, and stores it when the database is back', async () => {
    const ledger = await open();
    database.failing = true;
    await openRow(ledger, 'a');
    await closeRow(ledger, 'a');
    await expect(ledger.flush()).rejects.toThrow('the database fails');
    expect(ledger.health()).toMatchObject({ journal: 'ok', database: 'degraded', pending: 2, lostWrites: 0 });
    expect((await ledger.recent(5)).map((row) => row.outcome)).toEqual(['ok']);
    for (let i = 0; i < 10; i++) {
      clock.advance(5000);
      await turns();
    }
    expect(logged).toEqual(['ledger database takes no entries; they wait in the journal']);
    const tried = database.applied;
    expect(tried).toBeLessThanOrEqual(13);
    database.failing = false;
    clock.advance(5000);
    await turns();
    expect(await ids()).toEqual(['a ok']);
    expect(logged).toHaveLength(2);
    expect(ledger.health().database).toBe('ok');
  });

  it('holds no more in memory than it may; the rest is read back from the journal', async () => {
    const ledger = await open({ maxPending: 10 });
    database.failing = true;
    for (let i = 0; i < 40; i++) await openRow(ledger, `x${i}`);
    for (let i = 0; i < 20; i++) await closeRow(ledger, `x${i}`);
    expect(ledger.health()).toMatchObject({ pending: 10, spilled: 50, lostWrites: 0 });
    database.failing = false;
    await ledger.flush();
    const expected = Array.from({ length: 40 }, (_, i) => `x${i} ${i < 20 ? 'ok' : 'null'}`);
    expect(await ids()).toEqual(expected);
    expect(ledger.totals()).toEqual({ ...(await database.ledger.totals()) });
    expect(ledger.health()).toMatchObject({ pending: 0, spilled: 0 });
    await closeRow(ledger, 'x39');
    await ledger.flush();
    expect((await ids()).at(-1)).toBe('x39 ok');
  });

  it('does not let the journal grow for ever', async () => {
    const ledger = await open({ maxPending: 5, rotateBytes: 2000, maxJournalBytes: 4000 });
    database.failing = true;
    for (let i = 0; i < 200; i++) await openRow(ledger, `x${i}`);
    expect(ledger.health().journalBytes).toBeLessThan(10_000);
    expect(ledger.health().lostWrites).toBeGreaterThan(100);
    database.failing = false;
    clock.advance(5000);
    await ledger.flush();
    await openRow(ledger, 'later');
    expect(ledger.health()).toMatchObject({ journal: 'ok', database: 'ok' });
  });

  it('starts without it, and takes over what was left before anything new', async () => {
    const first = await open();
    database.failing = true;
    await openRow(first, 'old');
    await first.stop();
    const second = await open();
    expect(second.health()).toMatchObject({ database: 'degraded', markedLost: 0 });
    await openRow(second, 'new');
    expect(second.totals()).toMatchObject({ attempts: 1, open: 1 });
    database.failing = false;
    await second.flush();
    expect(await ids()).toEqual(['old lost', 'new null']);
    expect(second.totals()).toEqual({ attempts: 2, open: 1, inputTokens: 0, outputTokens: 0 });
    expect(second.health()).toMatchObject({ database: 'ok', markedLost: 1 });
  });

  it('ends without it; the next start has everything', async () => {
    const first = await open();
    database.failing = true;
    await openRow(first, 'a');
    await closeRow(first, 'a');
    await first.stop();
    expect(
      await readFile(join(dir, 'ledger-0.journal'), 'utf8').then((text) => text + readFileSync(join(dir, 'ledger-1.journal'), 'utf8')),
    ).toContain('c["a",');
    database.failing = false;
    await open();
    expect(await ids()).toEqual(['a ok']);
  });
});

describe('a ledger whose clock jumps', () => {
  it.for([-3_600_000, 3_600_000])('[C17] has no negative duration after a jump of %s ms', async (jump) => {
    const ledger = await open();
    await openRow(ledger, 'a');
    const startedAt = clock.now();
    clock.advance(250);
    clock.jump(jump);
    // A caller that measures by the wall clock.
    await closeRow(ledger, 'a', { durationMs: clock.now() - startedAt, firstByteMs: clock.now() - startedAt });
    const [row] = await ledger.recent(1);
    expect(row?.durationMs).toBe(jump < 0 ? 250 : 3_600_250);
    expect(row?.firstByteMs).toBe(jump < 0 ? undefined : 3_600_250);
  });
});
