import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { parseJson } from './parse-json.js';

describe('parseJson', () => {
  it('agrees with JSON.parse on what is JSON, and gives the same value', () => {
    fc.assert(
      fc.property(fc.json(), (text) => {
        fc.pre(!text.includes('proto') && !text.includes('\\u'));
        expect(parseJson(text)).toEqual({ ok: true, value: JSON.parse(text) as unknown });
        expect(parseJson(`\uFEFF${text}`)).toEqual({ ok: true, value: JSON.parse(text) as unknown });
      }),
      { numRuns: 10_000 },
    );
  });

  it('finds the place of an error in any damaged text', () => {
    fc.assert(
      fc.property(fc.json(), fc.nat(), fc.constantFrom('', '}', ']', ',', '"', 'x', '\\', '\u0001', '{', '00'), (text, at, damage) => {
        const place = at % (text.length + 1);
        const broken = text.slice(0, place) + damage + text.slice(place + 1);
        const result = parseJson(broken);
        let valid = true;
        try {
          JSON.parse(broken);
        } catch {
          valid = false;
        }
        expect(result.ok).toBe(valid);
        if (result.ok) return;
        // All before the error is the beginning of some JSON text: the scanner has not passed the damage.
        expect(result.column).toBeLessThanOrEqual(broken.length + 1);
        expect(result.column).toBeGreaterThanOrEqual(Math.min(place, 1));
      }),
      { numRuns: 10_000 },
    );
  });

  it.each([
    ['', 1, 1, 'unexpected end'],
    ['{"a":1,}', 1, 8, 'unexpected "}"'],
    ['[1,]', 1, 4, 'unexpected "]"'],
    ['{\n  "a": tru\n}', 2, 8, 'unexpected "t"'],
    ['{"a" 1}', 1, 6, 'unexpected "1"'],
    ['{a:1}', 1, 2, 'unexpected "a"'],
    ['[1 2]', 1, 4, 'unexpected "2"'],
    ['1 2', 1, 3, 'unexpected "2"'],
    ['"abc', 1, 5, 'unexpected end'],
    ['"a\tb"', 1, 3, 'unexpected "\\t"'],
    [String.raw`"\x"`, 1, 2, 'unexpected'],
    ['[01]', 1, 3, 'unexpected "1"'],
    ['{"a":{"b":[1,{"c":}]}}', 1, 19, 'unexpected "}"'],
    ['[', 1, 2, 'unexpected end'],
    ['{"k":"v"', 1, 9, 'unexpected end'],
  ])('points at the error of %j', (text, line, column, message) => {
    expect(parseJson(text)).toEqual({ ok: false, line, column, message: expect.stringContaining(message) });
  });

  it('[F1] never quotes more than one character of the text', () => {
    const result = parseJson('{"apiKey": sk-ant-api03-secret}');
    expect(result).toMatchObject({ ok: false, message: 'not valid JSON: unexpected "s" at line 1, column 12' });
  });

  it.each([
    '{"a":{"__proto__":{"polluted":1},"b":1}}',
    '{"a":{"\\u005f_proto__":{"polluted":1},"b":1}}',
    '[{"constructor":{"prototype":{"polluted":1}},"b":1}]',
  ])('[F1] removes what could reach a prototype: %s', (text) => {
    const result = parseJson(text);
    expect(result.ok).toBe(true);
    expect(JSON.stringify(result)).not.toContain('polluted');
    expect(JSON.stringify(result)).toContain('"b":1');
  });

  it('keeps harmless members named constructor, and survives any depth', () => {
    expect(parseJson('{"constructor":"Ferrari"}')).toEqual({ ok: true, value: { constructor: 'Ferrari' } });
    const depth = 200_000;
    expect(parseJson('['.repeat(depth)).ok).toBe(false);
    expect(parseJson(`${'['.repeat(depth)}"__proto__"${']'.repeat(depth)}`).ok).toBe(true);
  });
});
