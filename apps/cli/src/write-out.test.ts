import { expect, it } from 'vitest';
import { writeOut } from './write-out.js';

const failure = (code: string): Error => Object.assign(new Error(code), { code });

/** Takes `most` bytes with each call, then fails with `code`; what arrived where. */
function writers(most: number, calls: number, code: string) {
  const direct: Uint8Array[] = [];
  const stream: Uint8Array[] = [];
  return {
    direct: () => Buffer.concat(direct).toString(),
    stream: () => Buffer.concat(stream).toString(),
    stdout: { write: (piece: Uint8Array) => stream.push(piece) > 0 },
    writeSync: (_fd: number, bytes: Uint8Array) => {
      if (direct.length === calls) throw failure(code);
      direct.push(bytes.subarray(0, most));
      return Math.min(most, bytes.length);
    },
  };
}

it('writes all of a text, in as many pieces as are taken', () => {
  const to = writers(3, 99, '');
  writeOut('zwölf Boxkämpfer', to, 'linux', to.stdout);
  expect([to.direct(), to.stream()]).toEqual(['zwölf Boxkämpfer', '']);
});

it('leaves to the stream what a full pipe does not take', () => {
  const to = writers(3, 2, 'EAGAIN');
  writeOut('0123456789', to, 'linux', to.stdout);
  expect([to.direct(), to.stream()]).toEqual(['012345', '6789']);
});

it('leaves everything to the stream on Windows', () => {
  const to = writers(99, 99, '');
  writeOut('text', to, 'win32', to.stdout);
  expect([to.direct(), to.stream()]).toEqual(['', 'text']);
});

it('ends in peace when nobody reads, and says every other failure', () => {
  const gone = writers(1, 1, 'EPIPE');
  writeOut('text', gone, 'linux', gone.stdout);
  expect(gone.stream()).toBe('');
  const broken = writers(1, 0, 'EIO');
  expect(() => writeOut('text', broken, 'linux', broken.stdout)).toThrow('EIO');
});
