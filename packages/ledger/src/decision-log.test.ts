import { createRedactor, silentLogger } from '@ccproxy/kernel';
import { FakeClock } from '@ccproxy/kernel/testing';
import { createMemoryStore, type DecisionTable } from '@ccproxy/store';
import { beforeEach, describe, expect, it } from 'vitest';
import { createDecisionLog, type DecisionLog } from './decision-log.js';
import type { DecisionRecord } from './decision-record.js';

let clock = new FakeClock();
let logged: string[] = [];
let failing = false;
let table: DecisionTable = createMemoryStore({ clock }).decisions;

beforeEach(() => {
  clock = new FakeClock();
  logged = [];
  failing = false;
  const { decisions } = createMemoryStore({ clock });
  const attempt = <T>(action: () => Promise<T>): Promise<T> => (failing ? Promise.reject(new Error('no database')) : action());
  table = {
    put: (rows) => attempt(() => decisions.put(rows)),
    recent: (limit, until) => attempt(() => decisions.recent(limit, until)),
    prune: (limits) => attempt(() => decisions.prune(limits)),
  };
});

const note = (_: object, message: string): void => void logged.push(message);
const create = (changes = {}): DecisionLog =>
  createDecisionLog({
    database: { decisions: table },
    clock,
    capacityRows: 100,
    maxAgeMs: 60_000,
    logger: { ...silentLogger, error: note, warn: note },
    ...changes,
  });
const decision = (requestId: string, changes: Partial<DecisionRecord> = {}): DecisionRecord => ({
  requestId,
  at: clock.now(),
  facts: { class: 'auxiliary', tokens: 120 },
  route: 'background',
  attempts: ['local', 'default'],
  explanation: [{ rule: 'background', fired: true, because: ['class is auxiliary'] }],
  ...changes,
});
const turns = async (): Promise<void> => {
  for (let turn = 0; turn < 10; turn++) await new Promise(setImmediate);
};
const idsOf = (rows: readonly { readonly requestId: string }[]): string[] => rows.map((row) => row.requestId);

describe('createDecisionLog', () => {
  it('[F1] row 35: keeps no key that stands where a name belongs, and everything else', async () => {
    const key = `sk-ant-api03-${'k'.repeat(40)}`;
    const redactor = createRedactor();
    const log = create({ redact: (text: string) => redactor.redact(text) });
    const facts = { model: key, session: key, tokens: 120, header: { 'x-key': key } };
    log.record(() => decision('a', { facts, explanation: [{ rule: 'r', fired: false, because: [`model is ${key}`] }] }));
    expect(JSON.stringify(await log.recent(1))).not.toContain(key);
    await log.flush();
    expect(JSON.stringify(await table.recent(1))).not.toContain(key);
    expect(await log.recent(1)).toMatchObject([{ facts: { model: '****', tokens: 120 }, explanation: [{ because: ['model is ****'] }] }]);
  });

  it('gives back what was recorded, newest first, stored or not; a later record of a request takes its place', async () => {
    const log = create();
    log.record(() => decision('a'));
    await log.flush();
    clock.advance(1);
    log.record(() => decision('b'));
    log.record(() => decision('a', { outcome: 'ok' }));
    const before = await log.recent(10);
    expect(before).toContainEqual(decision('b'));
    expect(before).toContainEqual(decision('a', { outcome: 'ok' }));
    expect(before).toHaveLength(2);
    await log.flush();
    expect(idsOf(await log.recent(10)).sort()).toEqual(['a', 'b']);
    expect(await log.recent(1)).toHaveLength(1);
    expect(await log.recent(0)).toEqual([]);
    expect(log.health()).toEqual({ database: 'ok', pending: 0, dropped: 0 });
  });

  it('[C15] gives back page by page, stored or not, with what an answer cost', async () => {
    const log = create();
    const usage = { inputTokens: 5, cacheReadTokens: 7 };
    for (const id of ['a', 'b', 'c', 'd']) {
      log.record(() => decision(id, { target: 'local', model: 'qwen', usage }));
      if (id === 'b') await log.flush();
      clock.advance(10);
    }
    const [newest] = await log.recent(1);
    expect(newest).toMatchObject({ requestId: 'd', target: 'local', model: 'qwen', usage });
    const first = await log.recent(2);
    expect(idsOf(first)).toEqual(['d', 'c']);
    expect(idsOf(await log.recent(2, first.at(-1)?.at))).toEqual(['c', 'b']);
    expect(idsOf(await log.recent(9, (first.at(-1)?.at ?? 0) - 1))).toEqual(['b', 'a']);
    await log.stop();
  });

  it('stores by itself after a while, and at the end', async () => {
    const log = create({ flushMs: 20 });
    log.record(() => decision('a'));
    clock.advance(20);
    await turns();
    expect(idsOf(await table.recent(10))).toEqual(['a']);
    log.record(() => decision('b'));
    await log.stop();
    await log.stop();
    log.record(() => decision('late'));
    expect(idsOf(await table.recent(10)).sort()).toEqual(['a', 'b']);
    expect(clock.pending).toBe(0);
  });

  it('holds no more than its capacity', async () => {
    const log = create({ capacityRows: 10 });
    for (let i = 0; i < 500; i++) {
      clock.advance(1);
      log.record(() => decision(`x${i}`));
      if (i % 7 === 0) await log.flush();
    }
    await log.flush();
    expect((await table.recent(1000)).length).toBeLessThanOrEqual(11);
    expect(idsOf(await log.recent(3))).toEqual(['x499', 'x498', 'x497']);
    expect(await log.recent(1000)).toHaveLength(10);
  });

  it('keeps 500 decisions of a second, and does no work for the others', async () => {
    const log = create({ capacityRows: 10_000 });
    let made = 0;
    const burst = (name: string, count: number): void => {
      for (let i = 0; i < count; i++)
        log.record(() => {
          made += 1;
          return decision(`${name}${i}`);
        });
    };
    burst('a', 800);
    await log.flush();
    expect([made, log.health().dropped, (await log.recent(1000)).length]).toEqual([500, 300, 500]);
    clock.advance(1000);
    burst('b', 10);
    await log.flush();
    expect([made, log.health().dropped, (await log.recent(1000)).length]).toEqual([510, 300, 510]);
  });

  it('forgets what is too old, without traffic', async () => {
    const log = create();
    log.record(() => decision('a'));
    await log.flush();
    clock.advance(59_999);
    expect(await log.recent(10)).toHaveLength(1);
    clock.advance(2);
    expect(await log.recent(10)).toEqual([]);
    clock.advance(60_000);
    await turns();
    expect(await table.recent(10)).toEqual([]);
    await log.stop();
  });

  it('cuts what is too long: a prompt among the features is not stored', async () => {
    const log = create();
    const prompt = 'a secret of mine, '.repeat(1000);
    const circular: Record<string, unknown> = { big: 10n, bad: Number.NaN };
    circular['self'] = circular;
    const list = Array.from({ length: 10_000 }, (_, index) => index);
    const steps = Array.from({ length: 1000 }, () => ({ rule: prompt, fired: false, because: Array.from({ length: 100 }, () => prompt) }));
    log.record(() =>
      decision('a', {
        facts: { prompt, circular, list },
        route: prompt,
        attempts: Array.from({ length: 100 }, () => prompt),
        explanation: steps,
      }),
    );
    log.record(() => decision('b', { facts: Object.fromEntries(list.map((index) => [`key${index}`, index])) }));
    await log.flush();
    const stored = await table.recent(2);
    expect(stored.every((row) => !row.json.includes(prompt) && row.route.length < 250)).toBe(true);
    const [a] = (await log.recent(10)).filter((row) => row.requestId === 'a');
    expect(a?.facts['prompt']).toContain('(18000 characters)');
    expect(a?.facts['circular']).toMatchObject({ big: '10', bad: 'NaN' });
    expect([a?.attempts.length, a?.explanation.length, a?.explanation[0]?.because.length]).toEqual([50, 500, 20]);
    expect(stored.find((row) => row.requestId === 'b')?.json.length).toBeLessThan(20_000);
  });

  it('goes on while the database fails, says so once, and stores what it kept when it is back', async () => {
    const log = create();
    failing = true;
    for (let i = 0; i < 1100; i++) {
      clock.advance(2);
      log.record(() => decision(`x${i}`));
    }
    await expect(log.flush()).rejects.toThrow('no database');
    expect(log.health()).toEqual({ database: 'degraded', pending: 1000, dropped: 100 });
    expect(idsOf(await log.recent(2))).toEqual(['x1099', 'x1098']);
    for (let i = 0; i < 3; i++) {
      clock.advance(2000);
      await turns();
    }
    expect(logged.filter((line) => line === 'routing decisions cannot be stored')).toHaveLength(1);
    failing = false;
    clock.advance(2000);
    await turns();
    await log.flush();
    expect(log.health()).toMatchObject({ database: 'ok', pending: 0 });
    expect(idsOf(await table.recent(1))).toEqual(['x1099']);
    failing = true;
    clock.advance(60_000);
    await turns();
    expect(logged).toContain('old routing decisions could not be removed');
    log.record(() => decision('never stored'));
    await log.stop();
  });
});
