import { chmod, mkdir, mkdtemp, rm, symlink, writeFile } from 'node:fs/promises';
import os from 'node:os';
import path from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { ExecutableProbe } from './executable-probe.js';
import { findClaude, type FindClaudeOptions } from './find-claude.js';
import { insideMarker, nextInsideMarker, refuseInside } from './inside-marker.js';

let dir: string;
beforeEach(async () => {
  dir = await mkdtemp(path.join(os.tmpdir(), 'ccproxy-find-'));
});
afterEach(() => rm(dir, { recursive: true, force: true }));

async function program(name: string, text = '#!/bin/sh\nexit 0\n', mode = 0o755): Promise<string> {
  const file = path.join(dir, name);
  await mkdir(path.dirname(file), { recursive: true });
  await writeFile(file, text);
  await chmod(file, mode);
  return file;
}

const find = (options: Partial<FindClaudeOptions> = {}) =>
  findClaude({
    env: { PATH: ['a', 'b', 'c'].map((name) => path.join(dir, name)).join(':') },
    cwd: dir,
    self: [],
    platform: 'linux',
    ...options,
  });

describe('findClaude', () => {
  it('[B4] takes the flag, then CLAUDE_CLI_PATH, then PATH', async () => {
    const [a, b, c] = [await program('flag'), await program('variable'), await program('b/claude')];
    const env = { PATH: path.join(dir, 'b'), CLAUDE_CLI_PATH: b };
    expect(await find({ flag: './flag', env })).toEqual({ bin: a, from: '--claude-bin' });
    expect(await find({ flag: '', env })).toEqual({ bin: b, from: 'CLAUDE_CLI_PATH' });
    expect(await find({ env: { ...env, CLAUDE_CLI_PATH: '' } })).toEqual({ bin: c, from: 'PATH' });
    expect(await find({ flag: 'claude' })).toEqual({ bin: c, from: '--claude-bin' });
  });

  it('[A1] passes over its own entry: the file, a link to it, the script of a package manager', async () => {
    const self = await program('own/claude.js');
    await mkdir(path.join(dir, 'a'));
    await symlink(self, path.join(dir, 'a/claude'));
    await program('b/claude', `#!/bin/sh\nexec node "$basedir/../@ccproxy/claude/bin/claude.js" "$@"\n`);
    const real = await program('c/claude', '\u007fELF@ccproxy/');
    expect(await find({ self: [self, path.join(dir, 'gone')] })).toEqual({ bin: real, from: 'PATH' });
    await rm(real);
    const failure = await find({ self: [self] }).catch((error: unknown) => error);
    expect(failure).toMatchObject({ code: 'CCP_CLAUDE_NOT_FOUND', exitCode: 2, hint: expect.stringContaining('npm install') as string });
    expect(String(failure)).toContain('passed over');
    await expect(find({ self: [self], flag: self })).rejects.toMatchObject({ code: 'CCP_CLAUDE_INSIDE' });
  });

  it('[B4] passes over what cannot be run in PATH, and says so when it was named', async () => {
    await program('a/claude', 'x', 0o644);
    await mkdir(path.join(dir, 'b/claude'), { recursive: true });
    const real = await program('c/claude');
    expect(await find()).toMatchObject({ bin: real });
    await expect(find({ flag: 'a/claude' })).rejects.toMatchObject({ code: 'CCP_CLAUDE_NOT_EXECUTABLE' });
    await expect(find({ flag: './b' })).rejects.toMatchObject({ code: 'CCP_CLAUDE_NOT_EXECUTABLE' });
    await expect(find({ flag: '/nowhere/claude' })).rejects.toMatchObject({ code: 'CCP_CLAUDE_NOT_FOUND' });
  });

  it('finds nothing in an empty PATH', async () => {
    await expect(find({ env: {} })).rejects.toMatchObject({ code: 'CCP_CLAUDE_NOT_FOUND' });
  });

  it('[A9] on Windows takes the program and not the script that needs a shell', async () => {
    const files = new Set(['C:\\npm\\claude.cmd', 'D:\\bin\\claude.exe']);
    const probe: ExecutableProbe = {
      kind: (file) => Promise.resolve(files.has(file) ? 'file' : 'missing'),
      realpath: (file) => Promise.resolve(file),
      head: () => Promise.resolve('MZ'),
    };
    const options = { platform: 'win32' as const, probe, cwd: 'C:\\w', env: { Path: 'C:\\npm;D:\\bin' } };
    expect(await find(options)).toEqual({ bin: 'D:\\bin\\claude.exe', from: 'PATH' });
    await expect(find({ ...options, flag: 'C:\\npm\\claude.cmd' })).rejects.toMatchObject({ code: 'CCP_CLAUDE_NOT_EXECUTABLE' });
  });
});

describe('the mark of a client ccproxy started', () => {
  it('[A1] refuses to run inside itself, and lets a session start a session', () => {
    const mark = nextInsideMarker({}, { pid: 100, becomes: false });
    expect(mark).toBe('1:100');
    const refused = expect.objectContaining({ code: 'CCP_CLAUDE_INSIDE' }) as Error;
    const check = (value: string | undefined, pid: number, parentPid: number) => () =>
      refuseInside({ [insideMarker]: value }, { pid, parentPid });
    expect(check(undefined, 1, 1)).not.toThrow();
    expect(check(mark, 7, 100)).toThrow(refused);
    expect(check(mark, 7, 101)).not.toThrow();
    expect(nextInsideMarker({ [insideMarker]: mark }, { pid: 200, becomes: true })).toBe('2=200');
    for (const value of ['8:1', '8=1', '1', 'yes']) expect(check(value, 7, 101)).toThrow(/itself/u);
  });

  it('[A1] knows itself in the process that was to turn into the client, and lets that client start a session', () => {
    const mark = nextInsideMarker({}, { pid: 100, becomes: true });
    const check = (pid: number, parentPid: number) => () => refuseInside({ [insideMarker]: mark }, { pid, parentPid });
    expect(check(100, 1)).toThrow(/itself/u);
    expect(check(101, 100)).not.toThrow();
  });
});
