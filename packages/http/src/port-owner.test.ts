import { spawn } from 'node:child_process';
import { mkdir, mkdtemp, rm, symlink, writeFile } from 'node:fs/promises';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { portOwner } from './port-owner.js';

const noLsof = { run: () => Promise.reject(new Error('no lsof here')) };

/** A proc file system in which process 4242 holds the socket that listens on the given port. */
async function fakeProc(port: number, commandLine: string): Promise<string> {
  const root = await mkdtemp(join(tmpdir(), 'ccproxy-proc-'));
  const hex = port.toString(16).toUpperCase().padStart(4, '0');
  const row = (address: string, state: string, inode: number) =>
    `   0: ${address}:${hex} 00000000:0000 ${state} 00000000:00000000 00:00000000 00000000 1000 0 ${inode} 1\n`;
  await mkdir(join(root, 'net'));
  await writeFile(join(root, 'net', 'tcp'), `header\n${row('0100007F', '01', 111)}${row('0100007F', '0A', 222)}`);
  for (const [pid, inode] of [
    [41, 111],
    [4242, 222],
  ]) {
    await mkdir(join(root, String(pid), 'fd'), { recursive: true });
    await symlink(`socket:[${inode}]`, join(root, String(pid), 'fd', '7'));
    await writeFile(join(root, String(pid), 'cmdline'), commandLine);
  }
  await mkdir(join(root, '99'));
  return root;
}

describe('portOwner', () => {
  it.each([
    ['/usr/bin/node\0/srv/app/server.js\0--token=secret\0', 'node server.js'],
    ['/usr/sbin/nginx\0-g\0daemon off;\0', 'nginx'],
    ['node\0--inspect\0x.js\0', 'node'],
    ['', ''],
  ])('[A3] finds who listens in the proc tables: %j is %s, without arguments', async (commandLine, command) => {
    const procRoot = await fakeProc(3456, commandLine);
    try {
      expect(await portOwner(3456, { platform: 'linux', procRoot, ...noLsof })).toEqual({ pid: 4242, command });
      expect(await portOwner(3457, { platform: 'linux', procRoot, ...noLsof })).toBeUndefined();
    } finally {
      await rm(procRoot, { recursive: true });
    }
  });

  it('[A3] [A9] asks lsof on macOS, and says nothing on Windows or when nobody tells', async () => {
    const asked: (readonly string[])[] = [];
    const run = (program: string, args: readonly string[]) => {
      asked.push([program, ...args]);
      return Promise.resolve('p812\ncpython3.12\nf5\n');
    };
    expect(await portOwner(3456, { platform: 'darwin', run })).toEqual({ pid: 812, command: 'python3.12' });
    expect(asked).toEqual([['lsof', '-nP', '-iTCP:3456', '-sTCP:LISTEN', '-Fpc']]);
    expect(await portOwner(3456, { platform: 'darwin', run: () => Promise.resolve('') })).toBeUndefined();
    expect(await portOwner(3456, { platform: 'win32', run })).toBeUndefined();
    expect(await portOwner(3456, { platform: 'linux', procRoot: '/nowhere', ...noLsof })).toBeUndefined();
  });

  it('[A3] recognises a real process of this machine', async () => {
    const script = `require('node:net').createServer().listen(0, '127.0.0.1', function () { console.log(this.address().port); })`;
    const child = spawn(process.execPath, ['-e', script], { stdio: ['ignore', 'pipe', 'inherit'] });
    try {
      const port = await new Promise<number>((resolve) => child.stdout.once('data', (data: Buffer) => resolve(Number(data.toString()))));
      const owner = await portOwner(port);
      expect(owner === undefined ? undefined : owner.pid).toBe(child.pid);
    } finally {
      child.kill();
    }
    const own = createServer();
    await new Promise<void>((resolve) => void own.listen(0, '127.0.0.1', resolve));
    own.close();
  });
});
