import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { findStubs, placeStub, removeStubs } from './edit-rc.js';
import { renderStub } from './render-stub.js';

const stub = renderStub('zsh', { hookFile: '/home/ann/.ccproxy/shell/hook.zsh', withClaude: false });
const other = renderStub('zsh', { hookFile: '/elsewhere/hook.zsh', withClaude: true });
const line = fc.string({ unit: fc.constantFrom('a', ' ', '#', '>', '<', "'", 'é', '\r', '\t'), maxLength: 12 });
const text = fc.array(line, { maxLength: 8 }).map((lines) => lines.join('\n'));

describe('the stub in a start-up file', () => {
  it('[D1] 57 removing what was appended gives the bytes back, whatever the file ends with', () => {
    fc.assert(
      fc.property(text, fc.integer({ min: 1, max: 3 }), (before, times) => {
        expect(removeStubs(before + stub.repeat(times))).toBe(before);
        expect(removeStubs(placeStub(before, stub))).toBe(before);
      }),
    );
  });

  it('[D1] placing it is idempotent, replaces an older one where it stands, and leaves one of two', () => {
    fc.assert(
      fc.property(text, text, (lines, after) => {
        const before = lines === '' ? '' : `${lines}\n`;
        const once = placeStub(before, stub);
        expect(placeStub(once, stub)).toBe(once);
        const both = `${before}${other}${after}\n${stub}`;
        const placed = placeStub(both, stub);
        expect(findStubs(placed)).toHaveLength(1);
        expect(placed).toBe(`${before}${stub}${after}\n`);
      }),
    );
  });

  it('[D1] keeps the line end of the line above when somebody deleted the empty line', () => {
    expect(removeStubs(`a\n${stub.slice(1)}b\n`)).toBe('a\nb\n');
    expect(removeStubs(`${stub.slice(1)}b\n`)).toBe('b\n');
  });

  it('[D1] does not take a mark in the middle of a line for a stub, and refuses a begin without an end', () => {
    expect(findStubs('echo "# >>> ccproxy >>>"\n')).toHaveLength(0);
    expect(() => findStubs('# >>> ccproxy >>>\nsource x\n')).toThrow(expect.objectContaining({ code: 'CCP_SHELL_RC_UNUSABLE' }));
  });
});
