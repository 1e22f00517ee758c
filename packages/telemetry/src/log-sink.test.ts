import { chmod, mkdir, mkdtemp, readdir, readFile, rename, rm, stat, symlink, unlink, writeFile } from 'node:fs/promises';
import os from 'node:os';
import path from 'node:path';
import { setImmediate as nextTurn } from 'node:timers/promises';
import { type CcproxyError, createRedactor, systemClock } from '@ccproxy/kernel';
import { FakeClock } from '@ccproxy/kernel/testing';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { createLogSink, createStreamSink, teeSink } from './index.js';

const redactor = createRedactor({ secrets: ['the-loaded-secret'] });
let dir = '';
let file = '';
beforeEach(async () => {
  dir = await mkdtemp(path.join(os.tmpdir(), 'ccproxy-log-'));
  file = path.join(dir, 'logs', 'ccproxy.log');
});
afterEach(() => rm(dir, { recursive: true, force: true }));

const open = (changes: Partial<Parameters<typeof createLogSink>[0]> = {}) =>
  createLogSink({ file, redactor, clock: new FakeClock(), ...changes });
const read = (name = 'ccproxy.log') => readFile(path.join(dir, 'logs', name), 'utf8');
const mode = async (name: string) => (await stat(name)).mode & 0o777;

describe('createLogSink', () => {
  it('[A5] writes redacted lines to a file only its owner can read', async () => {
    const sink = await open();
    sink.write('{"msg":"key the-loaded-secret"}\n');
    sink.write('two\nlines, \u001b[31mred\u001b[0m, \u202Eright to left, \u009b31m');
    await sink.close();
    expect(await read()).toBe('{"msg":"key ****"}\ntwo\\nlines, \\u001b[31mred\\u001b[0m, \\u202eright to left, \\u009b31m\n');
    expect([await mode(file), await mode(path.dirname(file))]).toEqual([0o600, 0o700]);
    sink.write('late');
    await sink.close();
    expect([sink.dropped, sink.file]).toEqual([1, file]);
  });

  it('[A5] tightens a file that others could read and appends to it', async () => {
    await mkdir(path.dirname(file));
    await writeFile(file, 'before\n', { mode: 0o644 });
    await chmod(file, 0o644);
    const sink = await open({ clock: systemClock });
    sink.write('after');
    await sink.close();
    expect(await read()).toBe('before\nafter\n');
    expect(await mode(file)).toBe(0o600);
  });

  it('[A5] collects lines and writes them when their time has come', async () => {
    const clock = new FakeClock();
    const sink = await open({ clock });
    sink.write('one');
    sink.write('two');
    expect(clock.pending).toBe(1);
    expect(await read()).toBe('');
    clock.advance(20);
    await sink.flush();
    expect(await read()).toBe('one\ntwo\n');
    await sink.close();
    expect(clock.pending).toBe(0);
  });

  it('[A5] starts a new file each UTC day, also for a file of an earlier day found at the start', async () => {
    const clock = new FakeClock(Date.UTC(2030, 0, 1, 23, 59, 59));
    await mkdir(path.dirname(file));
    await writeFile(file, 'of another day\n');
    const foundDay = (await stat(file)).mtime.toISOString().slice(0, 10);
    const sink = await open({ clock });
    sink.write('first day');
    await sink.flush();
    clock.advance(1000);
    sink.write('second day');
    await sink.flush();
    await sink.close();
    expect(await readdir(path.dirname(file))).toEqual([`ccproxy.${foundDay}.1.log`, 'ccproxy.2030-01-01.1.log', 'ccproxy.log'].sort());
    expect([await read(), await read('ccproxy.2030-01-01.1.log'), await read(`ccproxy.${foundDay}.1.log`)]).toEqual([
      'second day\n',
      'first day\n',
      'of another day\n',
    ]);
    expect(await mode(path.join(dir, 'logs', 'ccproxy.2030-01-01.1.log'))).toBe(0o600);
  });

  it('[A5] starts a new file before it grows too big, keeps so many, and leaves other files alone', async () => {
    await mkdir(path.dirname(file));
    await writeFile(path.join(dir, 'logs', 'ccproxy.notes.log'), 'mine');
    const sink = await open({ rotate: { maxBytes: 30, keep: 2 } });
    for (let i = 0; i < 12; i++) {
      sink.write(`line number ${String(i).padStart(2, '0')}`);
      await sink.flush();
    }
    await sink.close();
    const day = new Date(new FakeClock().now()).toISOString().slice(0, 10);
    expect(await readdir(path.dirname(file))).toEqual([`ccproxy.${day}.4.log`, `ccproxy.${day}.5.log`, 'ccproxy.log', 'ccproxy.notes.log']);
    expect([await read(`ccproxy.${day}.5.log`), await read()]).toEqual([
      'line number 08\nline number 09\n',
      'line number 10\nline number 11\n',
    ]);
  });

  it('[A5] loses and tears no line over many rotations under load', async () => {
    const sink = await open({ clock: systemClock, rotate: { maxBytes: 5000, keep: 1000 }, flushMs: 1 });
    for (let i = 0; i < 5000; i++) {
      sink.write(`line ${i} ${'x'.repeat(i % 50)}`);
      if (i % 100 === 0) await nextTurn();
    }
    await sink.close();
    const names = await readdir(path.dirname(file));
    expect(names.length).toBeGreaterThan(5);
    const all = (await Promise.all(names.map((name) => read(name)))).join('').trim().split('\n');
    expect(new Set(all.map((line) => line.split(' ')[1]))).toEqual(new Set(Array.from({ length: 5000 }, (_, i) => String(i))));
    expect(all).toHaveLength(5000);
    expect(sink.dropped).toBe(0);
  });

  it('[A5] notices a file that was moved or removed by others', async () => {
    const clock = new FakeClock();
    const sink = await open({ clock });
    sink.write('one');
    await sink.flush();
    await rename(file, `${file}.moved`);
    sink.write('two');
    await sink.flush();
    clock.advance(6000);
    sink.write('three');
    await sink.flush();
    await sink.close();
    expect([await read('ccproxy.log.moved'), await read()]).toEqual(['one\ntwo\n', 'three\n']);
  });

  it('[F1] survives a full disk: reports once, keeps what fits, drops and counts the rest, resumes and says so', async () => {
    const clock = new FakeClock();
    const problems: CcproxyError[] = [];
    await mkdir(path.dirname(file));
    await symlink('/dev/full', file);
    const sink = await open({ clock, onProblem: (error) => problems.push(error) });
    for (let i = 0; i < 50; i++) sink.write(`line ${i} ${'x'.repeat(200_000)}`);
    for (let i = 0; i < 5; i++) {
      await sink.flush();
      clock.advance(1000);
    }
    expect(problems).toHaveLength(1);
    expect(problems[0]).toMatchObject({
      code: 'CCP_LOG_UNWRITABLE',
      where: { file },
      message: expect.stringMatching(/disk is full|ENOSPC/i),
    });
    expect(sink.dropped).toBeGreaterThan(20);
    await unlink(file);
    clock.advance(6000);
    await sink.flush();
    sink.write('again');
    await sink.flush();
    await sink.close();
    const lines = (await read()).trim().split('\n');
    expect(lines.length + sink.dropped).toBe(52);
    expect(lines[0]).toMatch(/^line 0 x/);
    expect(lines.at(-1)).toBe('again');
    expect(JSON.parse(lines.at(-2) ?? '')).toMatchObject({ level: 'warn', dropped: sink.dropped, msg: expect.stringContaining('lost') });
    expect(problems).toHaveLength(1);
  });

  it('[F1] survives a directory that cannot be made, and resumes when it can', async () => {
    const problems: CcproxyError[] = [];
    const clock = new FakeClock();
    await writeFile(path.join(dir, 'logs'), 'a file in the way');
    const sink = await open({ clock, onProblem: (error) => problems.push(error) });
    sink.write('kept');
    sink.flushSync();
    await sink.flush();
    expect(problems.map((error) => error.code)).toEqual(['CCP_LOG_UNWRITABLE']);
    await unlink(path.join(dir, 'logs'));
    await sink.flush();
    expect(await read()).toBe('kept\n');
    await sink.close();
    expect(sink.dropped).toBe(0);
  });

  it('[F1] writes the last words of a dying process at once, each once', async () => {
    const sink = await open();
    sink.write('one');
    const flushing = sink.flush();
    sink.write('two');
    sink.flushSync();
    expect(await read()).toContain('two\n');
    await flushing;
    sink.write('three');
    sink.flushSync();
    expect((await read()).split('\n').sort()).toEqual(['', 'one', 'three', 'two']);
    await sink.close();
    expect((await read()).split('\n').sort()).toEqual(['', 'one', 'three', 'two']);
  });
});

describe('live lines', () => {
  it('[B3] come redacted to every listener until it leaves', async () => {
    const sink = await open();
    const seen: string[] = [];
    const leave = sink.subscribe((line) => void seen.push(line));
    sink.subscribe(() => {
      throw new Error('a broken listener');
    });
    sink.write('one the-loaded-secret');
    await nextTurn();
    leave();
    sink.write('two');
    await nextTurn();
    expect(seen).toEqual(['one ****']);
    await sink.close();
  });

  it('[F2] are lossy for a slow listener, which is told how many it lost', async () => {
    const sink = await open();
    const seen: [string, number][] = [];
    let free = () => {};
    sink.subscribe((line, dropped) => {
      seen.push([line, dropped]);
      return new Promise((resolve) => {
        free = resolve;
      });
    });
    sink.write('first');
    await nextTurn();
    for (let i = 0; i < 1500; i++) sink.write(`line ${i}`);
    for (let i = 0; i < 3000 && seen.length < 1001; i++) {
      free();
      await nextTurn();
    }
    sink.write('last');
    free();
    await nextTurn();
    free();
    await nextTurn();
    expect(seen.slice(0, 2)).toEqual([
      ['first', 0],
      ['line 0', 500],
    ]);
    expect(seen).toHaveLength(1002);
    expect(seen.at(-1)).toEqual(['last', 0]);
    await sink.close();
  });

  it('[F2] do no harm when the listener itself logs', async () => {
    const sink = await open();
    let calls = 0;
    sink.subscribe((line) => {
      calls++;
      sink.write(`heard ${line.length}`);
    });
    sink.write('start');
    await nextTurn();
    await sink.flush();
    expect(calls).toBeGreaterThan(0);
    await sink.close();
    const atClose = calls;
    await nextTurn();
    expect(calls).toBe(atClose);
  });
});

describe('stream and tee', () => {
  it('[A5] redact on stderr as in the file, and drop while the reader is too far behind', async () => {
    let text = '';
    const stream = { writableLength: 0, write: (part: string) => (text += part) };
    const seen: string[] = [];
    const stderr = createStreamSink(stream, redactor);
    stderr.subscribe((line) => void seen.push(line));
    const file = await open();
    const both = teeSink(file, stderr);
    both.write('the-loaded-secret\n');
    stream.writableLength = 5 * 1024 * 1024;
    both.write('lost on stderr');
    await both.flush();
    both.flushSync();
    const live: string[] = [];
    both.subscribe((line) => void live.push(line));
    both.write('three');
    await nextTurn();
    await both.close();
    both.write('closed');
    expect([text, seen, live, await read(), both.dropped, both.file, stderr.file]).toEqual([
      '****\n',
      ['****', 'lost on stderr', 'three'],
      ['three'],
      '****\nlost on stderr\nthree\n',
      4,
      path.join(dir, 'logs', 'ccproxy.log'),
      undefined,
    ]);
  });
});
