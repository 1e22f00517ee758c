import { silentLogger } from '@ccproxy/kernel';
import { FakeClock } from '@ccproxy/kernel/testing';
import { describe, expect, it } from 'vitest';
import { createIdleShutdown } from './idle-shutdown.js';

const minute = 60_000;

function setUp() {
  const clock = new FakeClock();
  const state = { leases: 0, pinned: false, busy: false, projects: 0, stops: 0 };
  const idle = createIdleShutdown({
    clock,
    logger: silentLogger,
    idleMs: minute,
    wanted: { leases: () => state.leases, pinned: () => state.pinned, busy: () => state.busy, projects: () => state.projects },
    stop: () => void (state.stops += 1),
  });
  const lease = (change: 1 | -1): void => {
    state.leases += change;
    idle.leasesChanged();
  };
  return { clock, state, idle, lease };
}

describe('IdleShutdown', () => {
  it('[A4] stops once, that long after the last session', () => {
    const { clock, state, lease } = setUp();
    lease(1);
    lease(1);
    clock.advance(60 * minute);
    lease(-1);
    clock.advance(60 * minute);
    lease(-1);
    clock.advance(minute - 1);
    expect(state.stops).toBe(0);
    clock.advance(1);
    expect(state.stops).toBe(1);
    clock.advance(60 * minute);
    expect([state.stops, clock.pending]).toEqual([1, 0]);
  });

  it('[A4] counts from the last session again when another one came', () => {
    const { clock, state, lease } = setUp();
    lease(1);
    lease(-1);
    clock.advance(minute - 1);
    lease(1);
    clock.advance(10 * minute);
    lease(-1);
    clock.advance(minute - 1);
    expect(state.stops).toBe(0);
    clock.advance(1);
    expect(state.stops).toBe(1);
  });

  it('[A4] a daemon nobody opened a session with stops too', () => {
    const { clock, state } = setUp();
    clock.advance(minute);
    expect(state.stops).toBe(1);
  });

  it('[A4] stays while it is pinned, busy, or a project is allowed', () => {
    for (const key of ['pinned', 'busy', 'projects'] as const) {
      const { clock, state, lease } = setUp();
      lease(1);
      if (key === 'projects') state.projects = 1;
      else state[key] = true;
      lease(-1);
      clock.advance(24 * 60 * minute);
      expect([key, state.stops]).toEqual([key, 0]);
      expect(clock.pending).toBeLessThanOrEqual(1);
    }
  });

  it('[A4] stops soon after the last stream ended or the last project was denied', () => {
    const { clock, state, lease } = setUp();
    state.busy = true;
    lease(1);
    lease(-1);
    clock.advance(10 * minute);
    state.busy = false;
    clock.advance(10_000);
    expect(state.stops).toBe(1);
  });

  it('[A4] stays half an hour after a request from outside every session', () => {
    const { clock, state, idle, lease } = setUp();
    lease(1);
    lease(-1);
    clock.advance(minute / 2);
    idle.outsideRequest();
    clock.advance(30 * minute - 1);
    expect(state.stops).toBe(0);
    clock.advance(1);
    expect(state.stops).toBe(1);
  });

  it('[A4] never stops after its end', () => {
    const { clock, state, idle } = setUp();
    idle.end();
    clock.advance(60 * minute);
    expect([state.stops, clock.pending]).toEqual([0, 0]);
  });
});
