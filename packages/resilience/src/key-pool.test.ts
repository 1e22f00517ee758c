import { describe, expect, it } from 'vitest';
import { KeyPool } from './key-pool.js';

const keys = (...weights: number[]) => weights.map((weight) => ({ weight, limits: undefined }));
const picks = (pool: KeyPool, count: number, session?: string): (number | undefined)[] =>
  Array.from({ length: count }, () => pool.pick(session, 0, 0)?.index);

describe('KeyPool', () => {
  it('[C9] takes keys in turn, by weight, or fills the first', () => {
    expect(picks(new KeyPool({ strategy: 'round-robin', keys: keys(1, 1, 1) }), 5)).toEqual([0, 1, 2, 0, 1]);
    expect(picks(new KeyPool({ strategy: 'fill-first', keys: keys(1, 1) }), 3)).toEqual([0, 0, 0]);
    const weighted = picks(new KeyPool({ strategy: 'weighted', keys: keys(5, 1, 2) }), 80);
    expect([0, 1, 2].map((index) => weighted.filter((pick) => pick === index).length)).toEqual([50, 10, 20]);
    expect(weighted.slice(0, 8).join('')).not.toContain('00000');
  });

  it('[C9] keeps a conversation at its key, until that rests or the conversation was silent for an hour', () => {
    const pool = new KeyPool({ strategy: 'round-robin', keys: keys(1, 1) });
    expect(picks(pool, 3, 'a')).toEqual([0, 0, 0]);
    expect(picks(pool, 3, 'b')).toEqual([1, 1, 1]);
    pool.slots[0]?.rest(5000, false);
    expect(picks(pool, 2, 'a')).toEqual([1, 1]);
    expect(pool.pick('a', 0, 6000)?.index).toBe(1);
    pool.pick(undefined, 0, 4_000_000);
    expect(pool.pick('a', 0, 4_000_000)?.index).toBe(1);
    expect(pool.pick('b', 0, 4_000_000)?.index).toBe(0);
  });

  it('[C9] leaves out what rests and what is at its limit', () => {
    const pool = new KeyPool({
      strategy: 'fill-first',
      keys: [
        { weight: 1, limits: { concurrency: 1 } },
        { weight: 1, limits: undefined },
      ],
    });
    pool.pick(undefined, 0, 0)?.limiter?.begin(0, 0);
    expect(pool.pick(undefined, 0, 0)?.index).toBe(1);
    expect(pool.hasFree(0, 0)).toBe(true);
    pool.slots[1]?.rest(3000, true);
    expect([pool.pick(undefined, 0, 0), pool.hasFree(0, 0), pool.wait(0, 0)]).toEqual([undefined, false, 1000]);
  });

  it('[C9] when none is well, the one that will be soonest is tried, unless its provider said to wait', () => {
    const pool = new KeyPool({ strategy: 'round-robin', keys: keys(1, 1) });
    pool.slots[0]?.rest(9000, false);
    pool.slots[1]?.rest(5000, false);
    expect(pool.pick(undefined, 0, 0)?.index).toBe(1);
    pool.slots[1]?.rest(20_000, true);
    expect(pool.pick(undefined, 0, 0)?.index).toBe(0);
    pool.slots[0]?.rest(30_000, true);
    expect([pool.pick(undefined, 0, 0), pool.wait(0, 0)]).toEqual([undefined, 20_000]);
    pool.slots[0]?.served();
    expect(pool.slots[0]?.restsUntil).toBe(30_000);
  });

  it('a single key is used unless its provider said to wait', () => {
    const pool = new KeyPool({ strategy: 'round-robin', keys: keys(1) });
    pool.slots[0]?.rest(1000, false);
    expect(pool.pick('a', 0, 0)?.index).toBe(0);
    pool.slots[0]?.rest(1000, true);
    expect(pool.pick('a', 0, 0)).toBeUndefined();
  });
});
