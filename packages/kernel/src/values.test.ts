import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { asCcproxyError } from './as-ccproxy-error.js';
import { backoffDelay } from './backoff.js';
import { createDeadline } from './deadline.js';
import { errnoHint, errnoOf } from './errno-error.js';
import { errors } from './errors.js';
import { LruMap } from './lru-map.js';
import { newId } from './new-id.js';
import { parseByteSize } from './parse-byte-size.js';
import { parseDuration } from './parse-duration.js';
import { constantTimeEqual, createSecret } from './secrets.js';
import { FakeClock } from './testing/fake-clock.js';

describe('parseDuration', () => {
  it.each([
    ['500ms', 500],
    ['60s', 60_000],
    ['1.5h', 5_400_000],
    ['8h', 28_800_000],
    ['1h30m', 5_400_000],
    ['1h 30m', 5_400_000],
    ['7d', 604_800_000],
    [' 2M ', 120_000],
    ['0s', 0],
  ])('reads %j', (text, ms) => expect(parseDuration(text)).toBe(ms));

  it('[A7] reads OLLAMA_TIMEOUT_SECONDS with and without its unit', () => {
    expect(parseDuration('120', { bareUnit: 's' })).toBe(120_000);
    expect(parseDuration(120, { bareUnit: 's' })).toBe(120_000);
    expect(parseDuration('120s', { bareUnit: 's' })).toBe(120_000);
    expect(parseDuration('120', { bareUnit: 'ms' })).toBe(120);
  });

  it.each(['', '60', 'x', '-5s', '5 parsecs', '1e3s', '5s;rm', '∞', 'NaN', '999999999999999d', '1s1s1s1s1s1s'])('refuses %j', (text) => {
    expect(() => parseDuration(text, { name: 'server.headHold' })).toThrow(
      expect.objectContaining({ code: 'CCP_DURATION', message: expect.stringContaining('server.headHold') }),
    );
  });
});

describe('parseByteSize', () => {
  it.each([
    ['32mb', 32 * 1024 ** 2],
    ['512 KB', 512 * 1024],
    ['1.5g', 1.5 * 1024 ** 3],
    ['10k', 10_240],
    ['2MiB', 2 * 1024 ** 2],
    ['100b', 100],
    [1_048_576, 1_048_576],
    ['0', 0],
  ])('reads %j', (text, bytes) => expect(parseByteSize(text)).toBe(bytes));

  it.each(['', 'mb', '-1mb', '1tb', '1e9', 'many', '999999999999999gb'])('refuses %j', (text) => {
    expect(() => parseByteSize(text, { name: 'bodyLimit' })).toThrow(expect.objectContaining({ code: 'CCP_BYTE_SIZE' }));
  });
});

describe('backoffDelay', () => {
  it('[C9] stays between nothing and the doubled base, capped', () => {
    const delay = (attempt: number, random: number) => backoffDelay({ attempt, baseMs: 100, capMs: 1000, random: () => random });
    expect([0, 1, 2, 3, 4, 500].map((attempt) => delay(attempt, 1))).toEqual([100, 200, 400, 800, 1000, 1000]);
    expect(delay(3, 0)).toBe(0);
    expect(delay(-1, 0.5)).toBe(50);
  });
});

describe('createDeadline', () => {
  it('ends by the monotonic clock and aborts with a coded reason', () => {
    const clock = new FakeClock();
    const deadline = createDeadline({ clock, ms: 100, name: 'the test' });
    clock.jump(3_600_000);
    clock.advance(99);
    expect([deadline.remaining(), deadline.expired(), deadline.signal.aborted]).toEqual([1, false, false]);
    clock.advance(1);
    expect([deadline.remaining(), deadline.expired(), deadline.signal.aborted]).toEqual([0, true, true]);
    expect(deadline.signal.reason).toMatchObject({ code: 'CCP_DEADLINE', message: 'the test was not done within 100 ms' });
  });

  it('leaves no timer once cleared', () => {
    const clock = new FakeClock();
    const deadline = createDeadline({ clock, ms: 100 });
    deadline.clear();
    expect(clock.pending).toBe(0);
    clock.advance(200);
    expect([deadline.signal.aborted, deadline.expired()]).toEqual([false, true]);
  });
});

describe('LruMap', () => {
  it('forgets what was not used for longest, and says so', () => {
    const evicted: string[] = [];
    const map = new LruMap<string, number>({ maxEntries: 2, onEvict: (value, key) => evicted.push(`${key}=${value}`) });
    map.set('a', 1).set('b', 2);
    expect(map.get('a')).toBe(1);
    map.set('c', 3);
    expect([map.has('b'), map.peek('a'), map.get('nothing'), evicted]).toEqual([false, 1, undefined, ['b=2']]);
    expect([...map.keys()]).toEqual(['a', 'c']);
    expect([map.delete('a'), map.delete('a'), map.size]).toEqual([true, false, 1]);
    map.clear();
    expect([map.size, map.weight]).toEqual([0, 0]);
  });

  it('never exceeds its bounds', () => {
    const command = fc.tuple(fc.integer({ min: 0, max: 9 }), fc.integer({ min: 0, max: 12 }));
    fc.assert(
      fc.property(fc.array(command, { maxLength: 60 }), (commands) => {
        const map = new LruMap<number, number>({ maxEntries: 5, maxWeight: 10, weigh: (value) => value });
        for (const [key, value] of commands) {
          map.set(key, value);
          expect(map.size).toBeLessThanOrEqual(5);
          expect(map.weight).toBeLessThanOrEqual(10);
          expect(map.weight).toBe(Array.from(map.entries()).reduce((sum, [, weight]) => sum + weight, 0));
          expect(map.has(key)).toBe(value <= 10);
        }
      }),
    );
  });
});

describe('ids and secrets', () => {
  it('[F1] makes ids that sort by time and do not repeat', () => {
    const ids = Array.from({ length: 2000 }, () => newId('req'));
    expect(new Set(ids).size).toBe(2000);
    expect(ids[0]).toMatch(/^req_[0-9a-hjkmnp-tv-z]{26}$/);
    const at = (now: number) => newId('run', (size) => new Uint8Array(size).fill(255), now);
    expect([at(2 ** 41), at(3), at(1_800_000_000_000), at(0)].sort()).toEqual([at(0), at(3), at(1_800_000_000_000), at(2 ** 41)]);
  });

  it('[F2] makes secrets of 256 bits and compares them whatever their lengths', () => {
    expect(Buffer.from(createSecret(), 'base64url')).toHaveLength(32);
    expect(createSecret(16)).toHaveLength(22);
    expect([
      constantTimeEqual('abc', 'abc'),
      constantTimeEqual('abc', 'abd'),
      constantTimeEqual('abc', 'abcd'),
      constantTimeEqual('', ''),
    ]).toEqual([true, false, false, true]);
  });
});

describe('errors of the system', () => {
  const systemError = (code: string, extra = {}) => Object.assign(new Error(code), { code, ...extra });

  it.each([
    ['ENOSPC', 'CCP_DISK_FULL'],
    ['EDQUOT', 'CCP_DISK_FULL'],
    ['EFBIG', 'CCP_DISK_FULL'],
    ['EACCES', 'CCP_PERMISSION_DENIED'],
    ['EPERM', 'CCP_PERMISSION_DENIED'],
    ['EROFS', 'CCP_READ_ONLY'],
    ['EMFILE', 'CCP_TOO_MANY_FILES'],
    ['ENFILE', 'CCP_TOO_MANY_FILES'],
    ['ENOENT', 'CCP_PATH_MISSING'],
  ])('[F1] turns %s into %s with advice', (errno, code) => {
    const error = errnoHint(systemError(errno, { path: '/a/b' }), { action: 'write the log' });
    expect(error).toMatchObject({ code, where: { file: '/a/b' }, message: expect.stringContaining('cannot write the log /a/b: ') });
    expect(error?.hint).not.toBe('');
  });

  it('leaves others to CCP_INTERNAL and keeps coded ones', () => {
    expect(errnoHint(systemError('ECONNRESET'))).toBeUndefined();
    expect(errnoHint('ENOSPC')).toBeUndefined();
    expect(errnoHint(systemError('ENOSPC'))?.message).toBe('cannot use: the disk is full');
    const coded = errors.CCP_DEADLINE({ message: 'late' });
    expect(asCcproxyError(coded)).toBe(coded);
    expect(asCcproxyError(systemError('ENOSPC')).code).toBe('CCP_DISK_FULL');
    const bug = new TypeError('x is not a function');
    expect(asCcproxyError(bug)).toMatchObject({ code: 'CCP_INTERNAL', message: 'x is not a function', cause: bug });
    expect(asCcproxyError(new RangeError('')).message).toBe('RangeError');
    expect(asCcproxyError('thrown text').message).toBe('thrown text');
    expect(asCcproxyError(undefined).message).toBe('a value of type undefined was thrown');
    expect(errnoOf({ code: 'ENOENT' })).toBeUndefined();
  });
});
