import { assert, integer, maxSafeInteger, oneof, property } from 'fast-check';
import { expect, it } from 'vitest';
import { groupDigits } from './group-digits.js';

it('writes numbers as Intl does', () => {
  const english = new Intl.NumberFormat('en-US');
  for (const value of [0, 7, 999, 1000, 123_456, 1_234_567, -1000, 0.5, 1234.5]) expect(groupDigits(value)).toBe(english.format(value));
  const thousandths = integer().map((count) => count / 1000);
  const numbers = oneof(maxSafeInteger(), thousandths);
  const check = property(numbers, (value) => groupDigits(value) === english.format(value).replace(/^-0$/, '0'));
  assert(check, { numRuns: 5000, examples: [[122_594_385_242_455], [-5e-324]] });
});

it('leaves alone what has no digits to group', () => {
  expect([Number.NaN, Infinity, 1e21].map(groupDigits)).toEqual(['NaN', 'Infinity', '1e+21']);
});
