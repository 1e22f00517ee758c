import { EventEmitter } from 'node:events';
import type { FSWatcher } from 'node:fs';
import { silentLogger } from '@ccproxy/kernel';
import { FakeClock } from '@ccproxy/kernel/testing';
import { describe, expect, it } from 'vitest';
import { ConfigWatch } from './watch-config.js';

type Stat = { ino: number; size: number; mtimeMs: number; ctimeMs: number };

/** A file system of one file whose watches the test holds in its hands. */
function bench(fails = false) {
  const clock = new FakeClock();
  const state: { stat: Stat | undefined; real: string; changes: number } = {
    stat: { ino: 1, size: 1, mtimeMs: 1, ctimeMs: 1 },
    real: '/a/c.yaml',
    changes: 0,
  };
  const open = new Map<string, { listener: () => void; watcher: EventEmitter }>();
  const watch = new ConfigWatch({
    file: () => '/a/c.yaml',
    files: {
      watch(directory, listener) {
        if (fails) throw Object.assign(new Error('no space left for watches'), { code: 'ENOSPC' });
        const watcher = Object.assign(new EventEmitter(), { close: () => void open.delete(directory) });
        open.set(directory, { listener, watcher });
        return watcher as unknown as FSWatcher;
      },
      stat: () => (state.stat === undefined ? Promise.reject(new Error('ENOENT')) : Promise.resolve(state.stat)),
      realpath: () => Promise.resolve(state.real),
    },
    clock,
    logger: silentLogger,
    onChange: () => void (state.changes += 1),
  });
  /** Time passes, and what was begun is finished. */
  const pass = async (ms: number): Promise<void> => {
    clock.advance(ms);
    for (let turn = 0; turn < 10; turn += 1) await Promise.resolve();
  };
  return { state, open, watch, pass };
}
const stat = (n: number): Stat => ({ ino: 1, size: n, mtimeMs: n, ctimeMs: n });

describe('ConfigWatch', () => {
  it('[C14] waits until the file is quiet, and tells of no change that is none', async () => {
    const { state, open, watch, pass } = bench();
    await watch.start(1e6);
    for (let n = 2; n < 12; n += 1) {
      state.stat = stat(n);
      open.get('/a')?.listener();
      await pass(50);
    }
    expect(state.changes).toBe(0);
    await pass(60);
    expect(state.changes).toBe(1);
    open.get('/a')?.listener();
    await pass(1000);
    expect(state.changes).toBe(1);
    state.stat = undefined;
    open.get('/a')?.listener();
    await pass(1000);
    expect(state.changes).toBe(2);
    watch.end();
    expect(open.size).toBe(0);
  });

  it('[C14] notices what was written while the daemon started', async () => {
    const { state, watch, pass } = bench();
    state.stat = stat(1e6 + 5);
    await watch.start(1e6);
    await pass(200);
    expect(state.changes).toBe(1);
    await pass(60_000);
    expect(state.changes).toBe(1);
    watch.end();
  });

  it('[C14] follows a link to where it leads now', async () => {
    const { state, open, watch, pass } = bench();
    await watch.start(1e6);
    state.real = '/b/real.yaml';
    state.stat = stat(2);
    open.get('/a')?.listener();
    await pass(200);
    expect([...open.keys()]).toEqual(['/a', '/b']);
    state.real = '/c/real.yaml';
    state.stat = stat(3);
    open.get('/b')?.listener();
    await pass(200);
    expect([[...open.keys()], state.changes]).toEqual([['/a', '/c'], 2]);
    watch.end();
  });

  it('[C14] looks every few seconds where the system cannot watch, or cannot any more', async () => {
    for (const fails of [true, false]) {
      const { state, open, watch, pass } = bench(fails);
      await watch.start(1e6);
      if (!fails) open.get('/a')?.watcher.emit('error', new Error('the watch ended'));
      state.stat = stat(2);
      await pass(5000);
      expect(state.changes).toBe(1);
      await pass(5000);
      state.stat = stat(3);
      await pass(5000);
      expect(state.changes).toBe(2);
      watch.end();
      state.stat = stat(4);
      await pass(60_000);
      expect(state.changes).toBe(2);
    }
  });
});
