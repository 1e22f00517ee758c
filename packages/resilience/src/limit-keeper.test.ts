import { silentLogger } from '@ccproxy/kernel';
import { FakeClock } from '@ccproxy/kernel/testing';
import { beforeEach, describe, expect, it } from 'vitest';
import { CallerLimits } from './caller-limits.js';
import { createLimitKeeper, type LimitKeeper, type LimitStore } from './limit-keeper.js';
import { ProviderLine } from './provider-line.js';
import { readTakenText } from './taken-text.js';
import { retryConfig } from './testing/retry-config.js';

/** Entries in memory, which are there for every process of a test. */
class Entries implements LimitStore {
  readonly held = new Map<string, string>();
  writes = 0;
  failing = false;

  get = async (key: string): Promise<string | undefined> => {
    if (this.failing) throw new Error('no database');
    return this.held.get(key);
  };

  set = async (key: string, value: string): Promise<void> => {
    if (this.failing) throw new Error('no database');
    this.writes += 1;
    this.held.set(key, value);
  };

  delete = async (key: string): Promise<void> => void this.held.delete(key);
}

let clock = new FakeClock();
let store = new Entries();
let logged: string[] = [];
beforeEach(() => {
  clock = new FakeClock();
  store = new Entries();
  logged = [];
});

interface Process {
  readonly callers: CallerLimits;
  readonly line: ProviderLine;
  readonly keeper: LimitKeeper;
}

/** Everything of one daemon that has limits; `kill` ends it without a word. */
function process({ requestsPerMinute = 6, tokensPerMinute = 6000, coolDown = 60_000 } = {}): Process {
  const now = (): number => clock.monotonic();
  const onSpent = (): void => keeper.spent();
  const callers = new CallerLimits({ requestsPerMinute, tokensPerMinute, concurrency: 50 }, now, onSpent);
  const keys = [
    { weight: 1, limits: { requestsPerMinute: 2 } },
    { weight: 1, limits: undefined },
  ];
  const line = new ProviderLine({
    ownKey: true,
    transparent: false,
    strategy: 'fill-first',
    keys,
    retry: retryConfig({ coolDown }),
    now,
    onSpent,
  });
  const keeper = createLimitKeeper({
    store,
    clock,
    logger: { ...silentLogger, warn: (_: object, message: string) => void logged.push(message) },
    owners: () =>
      new Map<string, CallerLimits | ProviderLine>([
        ['callers', callers],
        ['provider work', line],
      ]),
    successionMs: () => 30_000,
  });
  return { callers, line, keeper };
}
async function started(predecessor = false, options = {}): Promise<Process> {
  const made = process(options);
  await made.keeper.resume(predecessor);
  return made;
}
const turns = async (): Promise<void> => {
  for (let turn = 0; turn < 10; turn += 1) await new Promise(setImmediate);
};

/** Requests the caller may send at once; the refusal then says how many whole seconds to wait. */
function allowed({ callers }: Process, caller = 'ann', tokens = 0): number {
  for (let count = 0; ; count += 1) {
    try {
      callers.admit(caller, tokens)(undefined);
    } catch (error) {
      const { code, details } = error as { code: string; details: { retryAfter: number } };
      if (code === 'CCP_LIMIT_CALLER' && Number.isInteger(details.retryAfter) && details.retryAfter >= 1) return count;
      throw error;
    }
  }
}

describe('createLimitKeeper', () => {
  it('[A8] [C9] who has used the allowance up is refused after a stop and a start, and what was free again is free', async () => {
    const before = await started();
    expect(allowed(before)).toBe(6);
    before.callers.admit('bob', 100)(3000);
    await before.keeper.stop();
    clock.advance(20_000);
    const after = await started();
    expect(allowed(after)).toBe(2);
    expect(allowed(after, 'bob', 2500)).toBe(2);
    expect(allowed(after, 'eve')).toBe(6);
  });

  it('[A8] a kill forgets two seconds at most, and nobody writes more often or without a reason', async () => {
    const before = await started();
    const after = async (): Promise<number> => allowed(await started());
    allowed(before);
    clock.advance(1999);
    expect([store.writes, await after()]).toEqual([0, 6]);
    clock.advance(1);
    expect(store.writes).toBe(1);
    expect(await after()).toBe(0);
    clock.advance(3_000_000);
    expect(store.writes).toBe(2);
    for (let count = 0; count < 100; count += 1) {
      before.callers.admit('bob', 1)(1);
      clock.advance(100);
      if (count % 6 === 5) clock.advance(60_000);
    }
    expect(store.writes).toBeLessThan(25);
    await before.keeper.stop();
    before.callers.admit('late', 1)(1);
    expect(clock.pending).toBe(0);
  });

  it('[A8] [B6] a successor knows what was taken before, and learns what its predecessor takes until it ends', async () => {
    const old = await started();
    const end = old.callers.admit('ann', 100);
    for (let count = 0; count < 3; count += 1) old.callers.admit('bob', 0)(undefined);
    const next = process();
    await old.keeper.handOver();
    await next.keeper.resume(true);
    expect(allowed(next, 'bob')).toBe(3);
    old.callers.admit('cid', 0)(undefined);
    clock.advance(5000);
    end(5000);
    await old.keeper.stop();
    expect(allowed(next, 'ann', 2000)).toBe(3);
    clock.advance(2000);
    await turns();
    expect(allowed(next, 'ann', 1500)).toBe(0);
    expect(store.held.has('taken late')).toBe(false);
    clock.advance(120_000);
    await turns();
    expect(allowed(next, 'ann', 1500)).toBe(4);
  });

  it('[B6] what several predecessors take at their end is added up, also for a process that starts after a kill', async () => {
    const first = await started();
    await first.keeper.handOver();
    const second = await started(true);
    await second.keeper.handOver();
    first.callers.admit('ann', 0)(undefined);
    second.callers.admit('ann', 0)(undefined);
    await second.keeper.stop();
    await first.keeper.stop();
    expect(allowed(await started())).toBe(4);
  });

  it('[B6] a daemon whose successor failed goes on with everything it knows', async () => {
    const old = await started();
    for (let count = 0; count < 2; count += 1) old.callers.admit('ann', 0)(undefined);
    const takeBack = await old.keeper.handOver();
    old.callers.admit('ann', 0)(undefined);
    clock.advance(10_000);
    takeBack();
    clock.advance(0);
    await old.keeper.stop();
    expect(allowed(await started())).toBe(4);
    expect(store.held.has('taken late')).toBe(false);
  });

  it('[C9] keys keep what is taken of them and when a provider asked to wait, not that they were refused', async () => {
    const lease = ({ line }: Process): number => {
      const given = line.admit('m', undefined, 0, 'forced');
      if (given.kind === 'refusal') return -1;
      given.release(undefined);
      return given.key;
    };
    const before = await started();
    expect([lease(before), lease(before), lease(before)]).toEqual([0, 0, 1]);
    const held = before.line.admit('m', undefined, 0, 'first');
    if (held.kind === 'lease') held.failed({ class: 'rate', repeatable: true, retryAfter: 50_000 });
    await before.keeper.stop();
    expect(lease(await started())).toBe(-1);
    expect((await started(false, { coolDown: 1000 })).line.report().keys).toMatchObject([{ restsFor: 0 }, { restsFor: 1 }]);
    clock.advance(30_000);
    const after = await started();
    expect([lease(after), lease(after)]).toEqual([0, -1]);
    const refused = after.line.admit('m', undefined, 0, 'forced');
    expect(refused).toMatchObject({ kind: 'refusal', because: 'keys' });

    store.held.clear();
    const once = await started();
    const unlucky = once.line.admit('m', undefined, 0, 'first');
    if (unlucky.kind === 'lease') unlucky.failed({ class: 'auth', repeatable: false, retryAfter: undefined });
    await once.keeper.stop();
    expect((await started()).line.report().keys).toMatchObject([{ restsFor: 0 }, { restsFor: 0 }]);
  });

  it('[F1] believes no value it cannot have written: nobody gets more than the limit takes, and nobody waits longer', async () => {
    const { keeper, callers } = await started();
    callers.admit('ann', 10)(10);
    await keeper.stop();
    const good = store.held.get('taken') ?? '';
    const row = (value: unknown): string => JSON.stringify({ version: 1, rows: [['callers', 'ann', clock.now(), value, 0, 0]] });
    const texts = [
      '',
      '{',
      'null',
      '[]',
      '{"version":1}',
      good.replace('"version":1', '"version":2'),
      row('6'),
      row(-6),
      row(null),
      row([]),
    ];
    for (const text of [...texts, '{"version":1,"rows":[7,null,["callers"],{"__proto__":1}]}']) {
      store.held.set('taken', text);
      expect({ text, allowed: allowed(await started()) }).toEqual({ text, allowed: 6 });
    }
    store.held.set('taken', row(1e300));
    const poor = await started();
    expect(allowed(poor)).toBe(0);
    clock.advance(120_001);
    expect(allowed(poor)).toBe(6);
    store.held.set(
      'taken',
      JSON.stringify({
        version: 1,
        rows: [
          ['nobody', 'x', clock.now(), 1, 1, 1],
          ['provider work', '7', clock.now(), 1, 1, 1],
        ],
      }),
    );
    expect(allowed(await started())).toBe(6);
  });

  it('[A8] a clock that was set back gives the whole allowance, and one that is a little behind takes none away', async () => {
    const { keeper, callers } = await started();
    for (let count = 0; count < 6; count += 1) callers.admit('ann', 0)(undefined);
    await keeper.stop();
    clock.jump(-4000);
    expect(allowed(await started())).toBe(0);
    clock.jump(-60_000);
    expect(allowed(await started())).toBe(6);
    clock.jump(7_200_000);
    expect(allowed(await started())).toBe(6);
  });

  it('[F1] stores some hundred at most, those who are nearest to their end', async () => {
    const before = await started();
    for (let index = 0; index < 5000; index += 1) before.callers.admit(`poor-${index}`, 1)(1);
    for (let count = 0; count < 5; count += 1) for (let index = 0; index < 250; index += 1) before.callers.admit(`rich-${index}`, 1)(1);
    before.callers.admit('x'.repeat(300), 6000)(6000);
    await before.keeper.stop();
    const text = store.held.get('taken') ?? '';
    const names = readTakenText(text).map(({ name }) => name);
    expect([names.length <= 256, names.filter((name) => name.startsWith('rich')).length, text.length < 16_384]).toEqual([true, 250, true]);
  });

  it('[A8] without a store, everything works as without its memory, and it says so once', async () => {
    store.failing = true;
    const alone = await started(true);
    expect(allowed(alone)).toBe(6);
    clock.advance(10_000);
    await turns();
    await alone.keeper.handOver();
    await alone.keeper.stop();
    await alone.keeper.stop();
    expect(logged).toHaveLength(1);
  });
});
