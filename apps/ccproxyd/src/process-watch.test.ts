import { FakeClock } from '@ccproxy/kernel/testing';
import type { ProcessIdentity } from '@ccproxy/kernel';
import { describe, expect, it } from 'vitest';
import { createProcessWatch, processPeer } from './process-watch.js';

const identity = (pid: number): ProcessIdentity => ({ pid, startTicks: 7, bootId: 'b' });

describe('ProcessWatch', () => {
  it('[A4] tells once when a process is gone, and looks no more when nobody is left', () => {
    const clock = new FakeClock();
    const living = new Set([1, 2]);
    const processes = createProcessWatch({ clock, isAlive: ({ pid }) => living.has(pid) });
    const ends: number[] = [];
    for (const pid of [1, 2]) processPeer(identity(pid), 'claude', processes).onClose(() => ends.push(pid));
    clock.advance(3_600_000);
    expect([ends, clock.pending]).toEqual([[], 1]);
    living.delete(2);
    clock.advance(1000);
    living.delete(1);
    clock.advance(1000);
    clock.advance(60_000);
    expect([ends, clock.pending]).toEqual([[2, 1], 0]);
  });

  it('[A4] tells nobody after its end', () => {
    const clock = new FakeClock();
    const processes = createProcessWatch({ clock, isAlive: () => false });
    processPeer(identity(1), 'claude', processes).onClose(() => expect.unreachable());
    processes.end();
    clock.advance(60_000);
    processPeer(identity(2), 'claude', processes).onClose(() => expect.unreachable());
    expect(clock.pending).toBe(0);
  });
});
