import { FakeClock } from '@ccproxy/kernel/testing';
import type { IpcPeer } from '@ccproxy/ipc';
import { describe, expect, it } from 'vitest';
import { createLeaseRegistry } from './lease-registry.js';

function peer(): IpcPeer & { end(): void } {
  const listeners: (() => void)[] = [];
  return {
    connectionId: 'c',
    client: 'test',
    pid: 1,
    keep: () => {},
    onClose: (fn) => listeners.push(fn),
    end: () => listeners.forEach((fn) => fn()),
  };
}

describe('LeaseRegistry', () => {
  it('[A2] counts a lease as long as its connection lives, and forgets it once', () => {
    const counts: number[] = [];
    let id = 0;
    const registry = createLeaseRegistry({ clock: new FakeClock(5), newId: () => `l${++id}`, onChange: (open) => counts.push(open) });
    const first = peer();
    const second = peer();
    registry.open(first, { client: 'claude', pid: 10 });
    registry.open(second, { client: 'cli', pid: 11, pin: true });
    expect(registry.list()).toEqual([
      { id: 'l1', client: 'claude', pid: 10, since: 5, project: null },
      { id: 'l2', client: 'cli', pid: 11, since: 5, project: null },
    ]);
    first.end();
    first.end();
    second.end();
    expect(counts).toEqual([1, 2, 1, 0]);
    expect(registry.pinned()).toBe(true);
  });
});
