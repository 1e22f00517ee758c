import * as fc from 'fast-check';
import { expect, it } from 'vitest';
import { ByteNeedle } from './byte-needle.js';

const letter = fc.constantFrom('a', 'b');
const text = fc.string({ unit: letter, minLength: 1, maxLength: 10 });

it('finds what Buffer.indexOf finds, from any offset, by any piece', () => {
  fc.assert(
    fc.property(
      text,
      fc.string({ unit: letter, maxLength: 200 }),
      fc.nat(20),
      fc.nat(9),
      fc.integer({ min: 1, max: 7 }),
      (needle, hay, from, at, size) => {
        const piece = needle.slice(Math.min(at, needle.length - 1)).slice(0, size);
        const haystack = Buffer.from(hay);
        const start = Math.min(from, haystack.length);
        expect(new ByteNeedle(needle, piece).indexIn(haystack, start)).toBe(haystack.indexOf(needle, start));
      },
    ),
    { numRuns: 5000 },
  );
});

it('refuses a piece that is none', () => {
  expect(() => new ByteNeedle('signature', 'x')).toThrow(RangeError);
  expect(() => new ByteNeedle('signature', 'signatur')).toThrow(RangeError);
  expect(() => new ByteNeedle('signature', '')).toThrow(RangeError);
});
