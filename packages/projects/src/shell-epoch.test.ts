import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, readdirSync, readFileSync, readlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { currentProcessIdentity, systemClock } from '@ccproxy/kernel';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { createShellEpoch, nowhere } from './shell-epoch.js';
import { ProjectBed } from './testing/project-bed.js';

let bed: ProjectBed;
beforeEach(() => {
  bed = new ProjectBed();
});
afterEach(() => bed.end());

const marks = (): string[] => readdirSync(bed.shellDir).filter((name) => name.startsWith('epoch.'));
const line = (): string => readFileSync(join(bed.shellDir, 'epoch'), 'utf8');

describe('ShellEpoch', () => {
  it('[D2] names the address of the daemon and leaves one mark, which shells test', async () => {
    const { epoch } = bed.places;
    expect(await epoch.read()).toEqual(nowhere);
    await epoch.bump(() => ({ family: 6, port: 3456, pid: process.pid }));
    expect(line()).toMatch(new RegExp(`^1 [a-z0-9]{8,32} 6 3456 ${process.pid}\n$`));
    const first = marks();
    expect(first).toEqual([`epoch.${line().split(' ')[1]}`]);
    await epoch.bump((address) => address);
    expect(await epoch.read()).toEqual({ family: 6, port: 3456, pid: process.pid });
    expect(marks()).toHaveLength(1);
    expect(marks()).not.toEqual(first);
    await epoch.bump(() => undefined);
    expect(marks()).toEqual([`epoch.${line().split(' ')[1]}`]);
    await epoch.bump(() => nowhere);
    expect(line()).toMatch(/ 4 0 0\n$/);
    expect(existsSync(join(bed.shellDir, marks()[0] ?? ''))).toBe(true);
  });

  it.each(process.platform === 'linux' ? ['/proc'] : [])('[D2] loses its mark with a daemon that is killed (%s)', async (proc) => {
    const child = spawn(process.execPath, ['-e', 'setInterval(() => {}, 1e6)']);
    await once(child, 'spawn');
    await bed.places.epoch.bump(() => ({ family: 4, port: 1, pid: child.pid ?? 0 }));
    const mark = join(bed.shellDir, marks()[0] ?? '');
    expect(readlinkSync(mark)).toBe(`${proc}/${child.pid}/exe`);
    expect(existsSync(mark)).toBe(true);
    child.kill('SIGKILL');
    await once(child, 'exit');
    expect(existsSync(mark)).toBe(false);
  });

  it('[D2] removes what a writer left that was killed while it waited, and not what one waits with', async () => {
    const { epoch } = bed.places;
    await epoch.bump((address) => address);
    const claim = (nonce: string, owner: object): string => {
      writeFileSync(join(bed.shellDir, `epoch.lock.${nonce}.claim`), JSON.stringify({ ...owner, nonce }));
      return `epoch.lock.${nonce}.claim`;
    };
    claim('dead', { pid: 4_000_000, startTicks: 1, bootId: 'an-earlier-boot' });
    const living = claim('living', currentProcessIdentity());
    await epoch.bump((address) => address);
    expect(readdirSync(bed.shellDir).filter((name) => name.endsWith('.claim'))).toEqual([living]);
  });

  it('[D2] marks with a file where there is no process table', async () => {
    const epoch = createShellEpoch({ shellDir: bed.shellDir, clock: systemClock, platform: 'darwin', newId: () => 'abcdefgh' });
    await epoch.bump(() => ({ family: 4, port: 1, pid: process.pid }));
    expect(readFileSync(join(bed.shellDir, 'epoch.abcdefgh'), 'utf8')).toBe('');
  });

  it('[D2] is bumped by many at once without losing an address or leaving a mark', async () => {
    const { epoch } = bed.places;
    await epoch.bump(() => ({ family: 4, port: 5000, pid: process.pid }));
    await Promise.all(Array.from({ length: 20 }, () => epoch.bump((address) => ({ ...address, port: address.port + 1 }))));
    expect((await epoch.read()).port).toBe(5020);
    expect(marks()).toHaveLength(1);
  });
});
