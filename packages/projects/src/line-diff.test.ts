import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { lineDiff } from './line-diff.js';
import { printableText } from './printable-text.js';

const side = (before: string, after: string, without: '-' | '+'): string[] =>
  lineDiff(before, after)
    .filter(({ kind }) => kind !== without)
    .map(({ text }) => text);

describe('lineDiff', () => {
  it('[D4] shows what was changed and nothing else', () => {
    const shown = lineDiff('a\nb\nc\nd\n', 'a\nc\nx\nd\n').map(({ kind, text }) => kind + text);
    expect(shown).toEqual([' a', '-b', ' c', '+x', ' d']);
    expect(lineDiff('', 'a\n')).toEqual([{ kind: '+', text: 'a' }]);
  });

  it('[D4] holds both texts, whatever they are', () => {
    const text = fc.array(fc.constantFrom('a', 'b', 'c', ''), { maxLength: 30 }).map((lines) => lines.map((line) => `${line}\n`).join(''));
    fc.assert(
      fc.property(text, text, (before, after) => {
        expect(
          side(before, after, '+')
            .map((line) => `${line}\n`)
            .join(''),
        ).toBe(before);
        expect(
          side(before, after, '-')
            .map((line) => `${line}\n`)
            .join(''),
        ).toBe(after);
      }),
    );
  });

  it('[D4] stays small for texts of thousands of lines', () => {
    const many = (letter: string): string => `${letter}\n`.repeat(30_000);
    expect(lineDiff(many('a'), many('b'))).toHaveLength(60_000);
  });
});

describe('printableText', () => {
  it('[D4] sends no control character to a terminal', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'binary' }), (text) => !/[\p{Cc}\u202E\u2066]/u.test(printableText(text).replaceAll('\t', ''))),
    );
    expect(printableText('a\u001b[31m\tb\u202e')).toBe('a\\u{1b}[31m\tb\\u{202e}');
  });
});
