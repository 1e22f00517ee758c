import { execFile, spawn } from 'node:child_process';
import { once } from 'node:events';
import { chmodSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { type BecomingSystem, obstacleToBecoming, thisSystem } from './become-program.js';
import { findProgram } from './find-program.js';
import { becomeClaude } from './run-claude.js';

let dir: string;
beforeEach(() => {
  dir = mkdtempSync(join(tmpdir(), 'ccp-become-'));
});
afterEach(() => rmSync(dir, { recursive: true, force: true }));

function program(text: string | Uint8Array, mode = 0o755): string {
  const file = join(dir, 'program');
  writeFileSync(file, text);
  chmodSync(file, mode);
  return file;
}

/** A process that turns into `bin` the way the launcher does. */
function becoming(bin: string, args: readonly string[]) {
  const source = new URL('./run-claude.ts', import.meta.url).href;
  const script = `
    import { registerHooks } from 'node:module';
    registerHooks({ resolve: (specifier, context, next) => next(specifier.startsWith('./') ? specifier.replace(/\\.js$/, '.ts') : specifier, context) });
    const { becomeClaude } = await import(${JSON.stringify(source)});
    process.stderr.write(await becomeClaude({ bin: ${JSON.stringify(bin)}, args: ${JSON.stringify(args)}, env: { A: '1' } }, () => process.stderr.write('before ')));`;
  const flags = ['--conditions=@ccproxy/source', '--disable-warning=ExperimentalWarning', '--input-type=module', '-e', script];
  return spawn(process.execPath, flags, { stdio: ['pipe', 'pipe', 'pipe'] });
}

/** Windows cannot replace a process. */
const replacing = process.platform === 'win32' ? [] : ['becomeClaude'];

describe.each(replacing)('%s', () => {
  it('[A1] is the client afterwards: same pid, its arguments byte for byte, its environment, its exit code, no signal left ignored', async () => {
    const bin = program(
      '#!/bin/sh\nfor word in "$$" "$A" "$CCPROXY_INSIDE" "$@"; do printf "%s|" "$word"; done\ngrep SigIgn /proc/self/status\ncat\nexit 7\n',
    );
    const args = ['', ' a b ', '\'"$(x)`', 'new\nline', '--settings', 'ü'];
    const child = becoming(bin, args);
    const chunks: Buffer[] = [];
    child.stdout.on('data', (chunk: Buffer) => chunks.push(chunk));
    child.stdin.end('from stdin');
    const [code] = (await once(child, 'close')) as [number];
    const text = Buffer.concat(chunks).toString();
    expect(text.slice(0, text.indexOf('SigIgn'))).toBe([child.pid, '1', `1=${child.pid}`, ...args, ''].join('|'));
    expect(text).toMatch(/SigIgn:\s+0+\nfrom stdin$/);
    expect(code).toBe(7);
  });

  it('[A1] is ended by a signal as the client is', async () => {
    const child = becoming(program('#!/bin/sh\necho ready\nexec sleep 60\n'), []);
    await once(child.stdout, 'data');
    child.kill('SIGTERM');
    expect(await once(child, 'exit')).toEqual([null, 'SIGTERM']);
  });

  it('[A1] does not try what the system would refuse, and says why', async () => {
    const child = becoming(program('no program at all'), []);
    const [chunk] = (await once(child.stderr, 'data')) as [Buffer];
    expect(chunk.toString()).toBe('the program is of a kind that is not recognised');
  });
});

describe('obstacleToBecoming', () => {
  const system: BecomingSystem = { ...thisSystem(), platform: 'linux', execve: () => {} };
  const image = (rest: object = {}) => ({ bin: process.execPath, args: [], env: {}, ...rest });

  it('[A1] finds none for a binary like this Node and for scripts whose interpreter is there', async () => {
    expect(await obstacleToBecoming(image(), system)).toBeUndefined();
    expect(await obstacleToBecoming(image({ bin: program('#! /bin/sh -e\n') }), system)).toBeUndefined();
  });

  it('[A1] names platform, Node, length and kind', async () => {
    expect(await obstacleToBecoming(image(), { ...system, platform: 'win32' })).toContain('Windows');
    expect(await obstacleToBecoming(image(), { ...system, execve: undefined })).toContain('Node');
    expect(await obstacleToBecoming(image({ args: ['x'.repeat(140_000)] }), system)).toContain('long');
    expect(await obstacleToBecoming(image({ args: Array.from({ length: 12 }, () => 'x'.repeat(100_000)) }), system)).toContain('long');
    expect(await obstacleToBecoming(image({ args: ['a\0b'] }), system)).toContain('NUL');
    for (const text of [
      '',
      '#!',
      '#!/nowhere/sh\n',
      '#!sh\n',
      Buffer.concat([Buffer.from([0x7f, 0x45, 0x4c, 0x46]), Buffer.alloc(60, 0xee)]),
    ])
      expect(await obstacleToBecoming(image({ bin: program(text) }), system)).toContain('kind');
    expect(await obstacleToBecoming(image({ bin: join(dir, 'gone') }), system)).toContain('kind');
  });

  it('[A1] leaves the caller to run it as a child where it is not possible', async () => {
    const told = await becomeClaude(image(), () => expect.unreachable(), { ...system, platform: 'win32' });
    expect(told).toBe('Windows cannot replace a process');
  });
});

describe('findProgram', () => {
  it('[D6] looks a command up as a shell does, with its exit codes', async () => {
    const place = { env: { PATH: `${dir}/none:${dir}` }, cwd: dir, platform: 'linux' as const };
    const bin = program('#!/bin/sh\n');
    expect(await findProgram('program', place)).toEqual({ kind: 'file', bin });
    expect(await findProgram('./program', place)).toEqual({ kind: 'file', bin });
    expect(await findProgram('nothing', place)).toEqual({ kind: 'missing', exitCode: 127 });
    expect(await findProgram('/nothing', place)).toEqual({ kind: 'missing', exitCode: 127 });
    chmodSync(bin, 0o644);
    expect(await findProgram('program', place)).toEqual({ kind: 'blocked', exitCode: 126 });
    const windows = { env: { Path: 'C:\\bin' }, cwd: 'C:\\', platform: 'win32' as const };
    const probe = {
      kind: async (file: string) => (file === 'C:\\bin\\x.exe' ? ('file' as const) : ('missing' as const)),
      realpath: async (file: string) => file,
      head: async () => '',
    };
    expect(await findProgram('x', windows, probe)).toEqual({ kind: 'file', bin: 'C:\\bin\\x.exe' });
  });

  it('[D6] finds what is in the PATH of this machine', async () => {
    const found = await findProgram('sh', { env: process.env, cwd: dir, platform: process.platform });
    expect(found.kind).toBe('file');
    const { stdout } = await promisify(execFile)(found.kind === 'file' ? found.bin : '', ['-c', 'echo yes']);
    expect(stdout).toBe('yes\n');
  });
});
