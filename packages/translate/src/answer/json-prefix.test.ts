import { isJsonObject } from '@ccproxy/wire';
import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { JsonPrefix } from './json-prefix.js';
import { repairJson } from './repair-json.js';

const scale = Number(process.env['CCPROXY_TEST_SCALE'] ?? 1);
const object = fc.dictionary(fc.string({ maxLength: 4 }), fc.jsonValue({ maxDepth: 3 }), { maxKeys: 3 });

describe('JsonPrefix', () => {
  it('reads every JSON object, in any pieces', () => {
    fc.assert(
      fc.property(object, fc.constantFrom(0, 1), fc.array(fc.nat(200), { maxLength: 6 }), (value, indent, cuts) => {
        const text = JSON.stringify(value, null, indent);
        const edges = [0, ...cuts.map((cut) => Math.min(cut, text.length)).toSorted((a, b) => a - b), text.length];
        const prefix = new JsonPrefix();
        for (let at = 1; at < edges.length; at += 1) {
          const piece = text.slice(edges[at - 1], edges[at]);
          expect(prefix.accepts(piece)).toBe(true);
          expect(prefix.push(piece)).toBe(piece.length);
        }
        expect(prefix.complete).toBe(true);
        expect(prefix.closing('"x":1')).toBe('');
      }),
      { numRuns: 500 * scale },
    );
  });

  it('[C13] TR-88 closes an object that was cut anywhere, with or without a last member', () => {
    fc.assert(
      fc.property(object, fc.nat(), (value, seed) => {
        const whole = JSON.stringify(value);
        const cut = whole.slice(0, 1 + (seed % Math.max(1, whole.length - 1)));
        const prefix = new JsonPrefix();
        expect(prefix.push(cut)).toBe(cut.length);
        if (prefix.complete) return;
        expect(JSON.parse(cut + prefix.closing('"__truncated":true'))).toMatchObject({ __truncated: true });
        const plain = prefix.afterComma ? '{}' : cut + prefix.closing();
        expect(isJsonObject(JSON.parse(plain))).toBe(true);
      }),
      { numRuns: 1000 * scale },
    );
  });

  it.each([
    '[',
    '1',
    '{{',
    '{"a"}',
    '{"a":}',
    '{,',
    '{"a":1,}',
    '{"a":1]',
    '{"a":[1}',
    '{"a":tru ',
    '{"a":x',
    '{"a":"\n',
    '{"a":"\\x',
    '{"a":"\\u12g',
    '{} x',
    '{1',
    '{"a":1 2',
    '{"a"::',
  ])('knows that %s is no beginning', (text) => {
    const prefix = new JsonPrefix();
    expect(prefix.push(text)).toBe(text.length - 1);
    expect(prefix.push(' ')).toBe(0);
    expect(prefix.complete).toBe(false);
    expect(prefix.closing()).toBe('');
  });

  it('gives up on nesting nobody means', () => {
    expect(new JsonPrefix().push(`{"a":${'['.repeat(1000)}`)).toBeLessThan(400);
  });
});

describe('repairJson', () => {
  it('[C13] TR-75 leaves what is right as it is', () => {
    fc.assert(
      fc.property(object, (value) => {
        const text = JSON.stringify(value);
        expect(JSON.parse(repairJson(text) ?? '')).toEqual(JSON.parse(text));
        expect(JSON.parse(repairJson(JSON.stringify(text)) ?? '')).toEqual(JSON.parse(text));
        expect(JSON.parse(repairJson(text + text) ?? '')).toEqual(JSON.parse(text));
        expect(JSON.parse(repairJson(`${text}}`) ?? '')).toEqual(JSON.parse(text));
      }),
      { numRuns: 500 * scale },
    );
  });

  it('[C13] TR-75 gives a JSON object or nothing, whatever it gets', () => {
    fc.assert(
      fc.property(fc.oneof(fc.string(), fc.stringMatching(/^\{["'a:,{}[\]\\ntTrue1\s]{0,20}$/)), (text) => {
        const repaired = repairJson(text);
        expect(repaired === undefined || isJsonObject(JSON.parse(repaired))).toBe(true);
      }),
      { numRuns: 2000 * scale },
    );
  });

  it('takes linear time for what it cannot repair', () => {
    expect(repairJson(`{"a":${'"'.repeat(100_001)}`)).toBeUndefined();
    expect(repairJson(`{${"'a".repeat(50_000)}`)).toBeUndefined();
    expect(repairJson(`{"a":"${'\\'.repeat(100_001)}`)).toBeUndefined();
    expect(repairJson(`{"a":${'\\"'.repeat(250_000)}`)).toBeUndefined();
    expect(repairJson(`{"a":${`"\\'`.repeat(250_000)}`)).toBeUndefined();
    expect(repairJson(`{"a":"${'x'.repeat(1_000_000)}\n"}`)).toContain('\\n');
    expect(repairJson(`{"a":"${'x'.repeat(2_000_000)}\n"}`)).toBeUndefined();
  });
});
