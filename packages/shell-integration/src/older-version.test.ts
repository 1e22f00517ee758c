import { expect, it } from 'vitest';
import { isOlderVersion } from './older-version.js';

it('orders versions as semantic versioning does', () => {
  const sorted = [
    '0.0.0-0',
    '0.0.0-alpha',
    '0.0.0',
    '1.0.0-alpha',
    '1.0.0-alpha.1',
    '1.0.0-alpha.beta',
    '1.0.0-beta.2',
    '1.0.0-beta.11',
    '1.0.0-rc.1',
    '1.0.0',
    '1.2.0',
    '1.10.0',
    '2.0.0',
  ];
  for (const [index, one] of sorted.entries()) {
    for (const [place, other] of sorted.entries()) expect([one, other, isOlderVersion(one, other)]).toEqual([one, other, index < place]);
  }
  expect(isOlderVersion('1.0.0+a', '1.0.0+b')).toBe(false);
});

it('takes nothing but a version for older', () => {
  for (const text of ['', 'x', '1.0', 'v1.0.0', '1.0.0.0']) {
    expect(isOlderVersion(text, '9.0.0')).toBe(false);
    expect(isOlderVersion('0.0.1', text)).toBe(false);
  }
});
