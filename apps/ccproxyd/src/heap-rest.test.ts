import { memoryUsage } from 'node:process';
import { FakeClock } from '@ccproxy/kernel/testing';
import { describe, expect, it } from 'vitest';
import { eventLoopLoad } from './event-loop-load.js';
import { createHeapRest } from './heap-rest.js';
import { collectEverything } from './tune-heap.js';

const second = 1000;
const mib = 1024 * 1024;

function setUp() {
  const clock = new FakeClock();
  const state = { rss: 120 * mib, busy: false, load: 0, collections: 0 };
  const rest = createHeapRest({
    clock,
    busy: () => state.busy,
    rss: () => state.rss,
    load: () => state.load,
    collect: () => {
      state.collections += 1;
      state.rss = 90 * mib;
    },
  });
  return { clock, state, rest };
}

describe('HeapRest', () => {
  it('collects what the start left, and then no more', () => {
    const { clock, state } = setUp();
    clock.advance(second);
    expect(state.collections).toBe(1);
    clock.advance(3600 * second);
    expect(state.collections).toBe(1);
  });

  it('collects after a burst of requests once there is silence', () => {
    const { clock, state, rest } = setUp();
    clock.advance(second);
    for (let i = 0; i < 100; i += 1) {
      state.rss += mib;
      rest.requested();
      clock.advance(second);
    }
    expect(state.collections).toBe(1);
    clock.advance(60 * second);
    expect(state.collections).toBe(2);
  });

  it('lets work that goes on alone, and a request that has just come', () => {
    const { clock, state, rest } = setUp();
    state.busy = true;
    clock.advance(60 * second);
    expect(state.collections).toBe(0);
    state.busy = false;
    rest.requested();
    clock.advance(29 * second);
    expect(state.collections).toBe(0);
    clock.advance(30 * second);
    expect(state.collections).toBe(1);
  });

  it('collects beside work that hardly runs and holds much, once, and again at rest', () => {
    const { clock, state, rest } = setUp();
    clock.advance(second);
    rest.requested();
    Object.assign(state, { busy: true, rss: 250 * mib, load: 0.6 });
    clock.advance(60 * second);
    expect(state.collections).toBe(1);
    state.load = 0.1;
    clock.advance(30 * second);
    expect(state.collections).toBe(2);
    state.rss = 170 * mib;
    clock.advance(600 * second);
    expect(state.collections).toBe(2);
    state.busy = false;
    clock.advance(60 * second);
    expect(state.collections).toBe(3);
  });

  it('is over with the daemon', () => {
    const { clock, state, rest } = setUp();
    rest.end();
    clock.advance(60 * second);
    expect([state.collections, clock.pending]).toEqual([0, 0]);
  });
});

it('a complete collection frees what nobody holds, and leaves no `gc` behind', () => {
  let kept: unknown[] = Array.from({ length: 400_000 }, (_, index) => ({ index }));
  const before = memoryUsage().heapUsed;
  expect(kept).toHaveLength(400_000);
  kept = [];
  collectEverything();
  expect(memoryUsage().heapUsed).toBeLessThan(before - 8 * mib);
  expect(globalThis).not.toHaveProperty('gc');
});

it('the load of the event loop is that since the last look', async () => {
  const load = eventLoopLoad();
  const until = performance.now() + 100;
  while (performance.now() < until);
  await new Promise((resolve) => setTimeout(resolve, 1));
  const worked = load();
  await new Promise((resolve) => setTimeout(resolve, 200));
  const waited = load();
  expect(worked).toBeGreaterThan(waited);
  expect([worked, waited].every((share) => share >= 0 && share <= 1)).toBe(true);
});
