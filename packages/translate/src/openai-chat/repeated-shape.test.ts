import { isJsonObject, type JsonObject, objectMember, parseJsonObject } from '@ccproxy/wire';
import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { createRepeatedShape } from './repeated-shape.js';

const scale = Number(process.env['CCPROXY_TEST_SCALE'] ?? 1);

/** What a parser finds in a chunk. */
function contentOf(data: string): unknown {
  const choices = parseJsonObject(data)?.['choices'];
  const [choice]: readonly unknown[] = Array.isArray(choices) ? choices : [];
  return isJsonObject(choice) ? objectMember(choice, 'delta')?.['content'] : undefined;
}
const chunk = (content: unknown, more: JsonObject = {}, delta: JsonObject = {}): JsonObject => ({
  id: 'x',
  choices: [{ index: 0, delta: { content, ...delta }, finish_reason: null }],
  ...more,
});
function learnt(first: JsonObject | string) {
  const shape = createRepeatedShape();
  const data = typeof first === 'string' ? first : JSON.stringify(first);
  shape.learn(data, parseJsonObject(data) ?? {});
  return shape;
}

describe('a chunk like the one before', () => {
  it('[C13] is read as a parser reads it, or not at all', () => {
    const literal = fc.oneof(
      fc.string({ unit: 'grapheme' }).map((text) => JSON.stringify(text).slice(1, -1)),
      fc.constantFrom(
        'a","b":"c',
        'x"},"delta":{"content":"y',
        '\\u00e9',
        '\\',
        '\\"',
        '\\\\',
        'a\nb',
        '\\x',
        '"',
        '","obfuscation":"',
        '😀\\ud83d',
      ),
    );
    const padding = fc.oneof(fc.constant(undefined), fc.stringMatching(/^[A-Za-z0-9]{0,6}$/), fc.constantFrom('a b', '"', 'x","y":"z'));
    fc.assert(
      fc.property(literal, padding, padding, fc.boolean(), (text, first, second, spaced) => {
        const write = (inner: string, pad: string | undefined): string =>
          `{"id":"x","choices":[{"index":0,"delta":{"content":${spaced ? ' ' : ''}"${inner}"},"finish_reason":null}]${pad === undefined ? '' : `,"obfuscation":"${pad}"`}}`;
        const shape = learnt(write('first', first));
        const data = write(text, second);
        const found = shape.match(data);
        expect(found?.text ?? contentOf(data)).toEqual(contentOf(data));
        expect(found?.field ?? 'content').toBe('content');
      }),
      { numRuns: 3000 * scale },
    );
  });

  it('is found where only the text differs, and with padding of any length', () => {
    const plain = learnt(chunk('first'));
    expect(plain.match(JSON.stringify(chunk('né "🚀"\n')))).toMatchObject({ field: 'content', text: 'né "🚀"\n' });
    const padded = learnt(chunk('first', { obfuscation: 'Ab3' }));
    expect(padded.match(JSON.stringify(chunk('second', { obfuscation: 'Xy' })))?.text).toBe('second');
    expect(padded.match(JSON.stringify(chunk('second', { obfuscation: 'not-plain' })))).toBeUndefined();
    const reasoning = JSON.stringify({ choices: [{ delta: { content: null, reasoning_content: 'a' } }] });
    expect(learnt(reasoning).match(reasoning.replace('"a"', '"b"'))).toMatchObject({ field: 'reasoning_content', text: 'b' });
  });

  it('is found for arguments of one call, not where the call begins', () => {
    const args = (text: string, more: JsonObject = {}, index = 2): string =>
      JSON.stringify({ choices: [{ delta: { tool_calls: [{ index, ...more, function: { arguments: text } }] } }] });
    expect(learnt(args('{"a')).match(args('":"x\\n"}'))).toEqual({ field: 'arguments', text: '":"x\\n"}', index: 2 });
    expect(learnt(args('{"a')).match(args('second', {}, 3))).toBeUndefined();
    expect(learnt(args('{"a', { id: 'c' })).match(args('second', { id: 'c' }))).toBeUndefined();
    expect(learnt(args('{"a', { index: 'x' })).match(args('second', { index: 'x' }))).toBeUndefined();
  });

  it('stops to learn from a stream without repetition', () => {
    const shape = createRepeatedShape();
    for (let index = 0; index < 100; index += 1) {
      const one = chunk('x', { seq: index });
      shape.learn(JSON.stringify(one), one);
    }
    expect(shape.match(JSON.stringify(chunk('longer', { seq: 99 })))).toBeUndefined();
    expect(shape.match(JSON.stringify(chunk('longer', { seq: 95 })))?.text).toBe('longer');
  });

  it.each([
    chunk('x', { usage: { prompt_tokens: 1 } }),
    chunk('x', {}, { tool_calls: [{}] }),
    chunk('x', {}, { refusal: 'no' }),
    chunk('', {}),
    chunk(['x']),
    chunk('x', { choices: [{ delta: { content: 'x' } }, { delta: { content: 'y' } }] }),
    { choices: [{ delta: { content: 'x' }, finish_reason: 'stop' }] },
    { choices: [{ delta: { content: 'x' } }], note: { content: 'y' } },
    { choices: [{}] },
  ])('is learnt only from a chunk that brings one text: %j', (first) => {
    const data = JSON.stringify(first);
    expect(learnt(first).match(data.replace('"x"', '"longer"'))).toBeUndefined();
  });

  it('is forgotten for a newer shape', () => {
    const shape = learnt(chunk('a'));
    const other = { choices: [{ delta: { reasoning: 'b' } }] };
    shape.learn(JSON.stringify(other), other);
    expect(shape.match(JSON.stringify(chunk('cc')))).toBeUndefined();
    expect(shape.match(JSON.stringify({ choices: [{ delta: { reasoning: 'dd' } }] }))).toMatchObject({ field: 'reasoning', text: 'dd' });
  });
});
