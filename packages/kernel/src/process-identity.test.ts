import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { describe, expect, it } from 'vitest';
import { currentProcessIdentity, isAlive, readProcessIdentity } from './process-identity.js';
import { createProcessTable, type ProcessTableSources } from './process-table.js';

const refuse = (code: string) => () => {
  throw Object.assign(new Error(code), { code });
};
const sources = (changes: Partial<ProcessTableSources>): ProcessTableSources => ({
  readText: refuse('ENOENT'),
  run: refuse('ENOENT'),
  signal0: () => {},
  ...changes,
});

describe('process identity', () => {
  it('[A2] recognises this process, and no longer a child that ended', async () => {
    expect(isAlive(currentProcessIdentity())).toBe(true);
    expect(currentProcessIdentity().pid).toBe(process.pid);
    const child = spawn(process.execPath, ['-e', 'setInterval(() => {}, 1000)'], { stdio: 'ignore' });
    const identity = readProcessIdentity(child.pid ?? 0) ?? currentProcessIdentity();
    expect(identity.pid).toBe(child.pid);
    expect(isAlive(identity)).toBe(true);
    child.kill('SIGKILL');
    await once(child, 'exit');
    expect(isAlive(identity)).toBe(false);
    expect(readProcessIdentity(identity.pid)).toBeUndefined();
  });

  it('[A2] a recorded pid counts only with the same start and the same boot', () => {
    const own = currentProcessIdentity();
    expect(isAlive({ ...own, bootId: 'other' })).toBe(own.bootId === '');
    expect(isAlive({ ...own, startTicks: own.startTicks + 1 })).toBe(own.startTicks === 0);
    expect(isAlive({ ...own, startTicks: 0, bootId: '' })).toBe(true);
    for (const pid of [0, -1, 1.5, Number.NaN, 2 ** 40]) expect(isAlive({ ...own, pid })).toBe(false);
  });

  it('[A9] reads /proc on Linux, whatever the name of the process, and takes a zombie for gone', () => {
    const stat = (name: string, state: string) => `7 (${name}) ${state} 1 7 7 0 -1 4194304 1 2 3 4 5 6 7 8 20 0 1 0 987654 1 2`;
    const table = (text: string) =>
      createProcessTable('linux', sources({ readText: (file) => (file.endsWith('boot_id') ? 'boot-1\n' : text) }));
    expect(readProcessIdentity(7, table(stat('a) (b c', 'S')))).toEqual({ pid: 7, startTicks: 987654, bootId: 'boot-1' });
    expect(readProcessIdentity(7, table(stat('node', 'Z')))).toBeUndefined();
  });

  it('[F1] never calls a live process dead because /proc could not be read', () => {
    const recorded = { pid: 7, startTicks: 5, bootId: 'b' };
    expect(isAlive(recorded, createProcessTable('linux', sources({ readText: refuse('EMFILE') })))).toBe(true);
    expect(isAlive(recorded, createProcessTable('linux', sources({ readText: refuse('EMFILE'), signal0: refuse('EPERM') })))).toBe(true);
    expect(isAlive(recorded, createProcessTable('linux', sources({ signal0: refuse('ESRCH') })))).toBe(false);
  });

  it('[A9] asks ps on macOS', () => {
    const table = (line: string) => createProcessTable('darwin', sources({ run: () => line }));
    expect(readProcessIdentity(7, table('Ss   Fri Nov 20 10:24:33 2026\n'))).toEqual({
      pid: 7,
      startTicks: Date.UTC(2026, 10, 20, 10, 24, 33) / 1000,
      bootId: '',
    });
    expect(readProcessIdentity(7, table('Z+   Fri Nov 20 10:24:33 2026\n'))).toBeUndefined();
    expect(readProcessIdentity(7, table('?'))).toEqual({ pid: 7, startTicks: 0, bootId: '' });
    expect(readProcessIdentity(7, createProcessTable('darwin', sources({})))).toEqual({ pid: 7, startTicks: 0, bootId: '' });
    expect(readProcessIdentity(7, createProcessTable('darwin', sources({ signal0: refuse('ESRCH') })))).toBeUndefined();
  });

  it('[A9] knows on Windows whether the pid exists', () => {
    expect(readProcessIdentity(7, createProcessTable('win32', sources({})))).toEqual({ pid: 7, startTicks: 0, bootId: '' });
    expect(readProcessIdentity(7, createProcessTable('win32', sources({ signal0: refuse('ESRCH') })))).toBeUndefined();
    expect(currentProcessIdentity(createProcessTable('win32', sources({ signal0: refuse('ESRCH') })))).toMatchObject({
      pid: process.pid,
      startTicks: 0,
    });
    expect(readProcessIdentity(process.pid, createProcessTable('win32'))).toMatchObject({ pid: process.pid });
    const ps = readProcessIdentity(process.pid, createProcessTable('darwin'));
    expect(ps?.pid).toBe(process.pid);
  });
});
