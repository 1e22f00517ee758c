import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { compileGlob } from './compile-glob.js';

const scale = Number(process.env['CCPROXY_TEST_SCALE'] ?? 1);

describe('compileGlob', () => {
  it.each([
    ['*', '', true],
    ['**', 'anything', true],
    ['', '', true],
    ['', 'a', false],
    ['claude-*', 'claude-opus-5-5', true],
    ['claude-*', 'Claude-Opus', true],
    ['CLAUDE-*', 'claude-opus', true],
    ['claude-*', 'xclaude-opus', false],
    ['*haiku*', 'claude-haiku-5-5', true],
    ['*haiku', 'claude-haiku-5-5', false],
    ['*-5', 'claude-opus-5-5', true],
    ['a*b*c', 'aXbYbZc', true],
    ['a*b*c', 'aXc', false],
    ['ab*ba', 'aba', false],
    ['gpt-?', 'gpt-5', true],
    ['gpt-?', 'gpt-55', false],
    ['*?5*', 'gpt-5', true],
    ['*?-?', 'gpt-5', true],
    ['?', '', false],
    ['a.c', 'abc', false],
  ])('%s on %s is %s', (pattern, text, expected) => {
    expect(compileGlob(pattern)(text)).toBe(expected);
  });

  it('agrees with a regular expression on arbitrary patterns', () => {
    const alphabet = fc.constantFrom('a', 'b', '*', '?', '.', '-');
    fc.assert(
      fc.property(fc.array(alphabet, { maxLength: 10 }), fc.stringMatching(/^[ab.-]{0,12}$/), (symbols, text) => {
        const pattern = symbols.join('');
        const source = symbols
          .map((symbol) => (symbol === '*' ? '.*' : symbol === '?' ? '.' : `\\x${symbol.charCodeAt(0).toString(16)}`))
          .join('');
        expect(compileGlob(pattern)(text)).toBe(new RegExp(`^${source}$`).test(text));
      }),
      { numRuns: 10_000 * scale },
    );
  });

  it('[F1] row 78: text of any length costs no time', () => {
    const hostile = `${'a'.repeat(5_000_000)}!`;
    expect(compileGlob(`${'*a?'.repeat(500)}b`)(hostile)).toBe(false);
    expect(compileGlob('*')(hostile)).toBe(true);
  });
});
