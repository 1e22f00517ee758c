import { StringDecoder } from 'node:string_decoder';
import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { Frame } from './envelope.js';
import { encodeFrame, FRAME_END, FrameDecoder, type FrameViolation } from './frame-codec.js';

const scale = Number(process.env['CCPROXY_TEST_SCALE'] ?? 1);
const numRuns = 10_000 * scale;

function decode(chunks: Iterable<string>, maxBytes = 1024 * 1024): { frames: Frame[]; violation: FrameViolation | undefined } {
  const decoder = new FrameDecoder(maxBytes);
  const frames: Frame[] = [];
  let violation: FrameViolation | undefined;
  for (const chunk of chunks) violation ??= decoder.push(chunk, (frame) => frames.push(frame));
  return { frames, violation };
}

/** The text as a socket hands it over when its bytes arrive in pieces. */
function cut(text: string, places: readonly number[]): string[] {
  const bytes = Buffer.from(text);
  const at = [...new Set(places.map((place) => place % (bytes.length + 1)))].sort((a, b) => a - b);
  const decoder = new StringDecoder('utf8');
  return [0, ...at].map((start, index) => decoder.write(bytes.subarray(start, at[index] ?? bytes.length)));
}

const frame = fc.record({
  type: fc.stringMatching(/^[a-z._]{1,12}$/),
  data: fc.jsonValue().map((value): unknown => JSON.parse(JSON.stringify(value ?? {})) ?? {}),
});

describe('FrameDecoder', () => {
  it('[F2] gives back what encodeFrame wrote, however the bytes are split', () => {
    fc.assert(
      fc.property(fc.array(frame, { maxLength: 4 }), fc.array(fc.nat(), { maxLength: 6 }), (frames, places) => {
        const text = frames.map((one) => encodeFrame(one, 1_000_000) + FRAME_END).join('');
        expect(decode(cut(text, places))).toEqual({ frames, violation: undefined });
      }),
      { numRuns: Math.ceil(numRuns / 5) },
    );
  });

  it('[F1] [F2] meets any text, in any split, without an exception and with the same result', () => {
    const hostile = fc.oneof(
      fc.string({ unit: 'binary', maxLength: 60 }),
      fc.constantFrom(
        'null\f',
        '5\f',
        '[1]\f',
        '{}\f',
        '{"type":1}\f',
        '\f\f',
        '{"type":"__proto__","data":{}}\f',
        '{"type":"a"}\f',
        '{"type":"',
      ),
    );
    fc.assert(
      fc.property(fc.array(hostile, { maxLength: 5 }), fc.array(fc.nat(), { maxLength: 6 }), (parts, places) => {
        const text = parts.join('');
        expect(decode(cut(text, places), 64)).toEqual(decode([text], 64));
      }),
      { numRuns },
    );
  });

  it('counts the limit in bytes of UTF-8 and keeps it for frames that never end', () => {
    const over = JSON.stringify({ type: 'a', data: 'é'.repeat(50) });
    expect(over.length).toBeLessThan(100);
    expect(decode([`${over}\f`], 100)).toEqual({ frames: [], violation: 'too-large' });
    expect(decode(['{"type":"a","data":"', ...Array<string>(50).fill('é')], 100).violation).toBe('too-large');
    expect(decode([`${over}\f`], Buffer.byteLength(over)).frames).toHaveLength(1);
  });

  it.each([
    ['not json', 'nope', 'not-json'],
    ['an empty frame', '', 'not-json'],
    ['null', 'null', 'not-a-frame'],
    ['a number', '5', 'not-a-frame'],
    ['an array', '[1]', 'not-a-frame'],
    ['no type', '{}', 'not-a-frame'],
    ['an inherited type', '{"__proto__":{"type":"a"}}', 'not-a-frame'],
    ['a type that is no text', '{"type":1}', 'not-a-frame'],
    ['a type without end', JSON.stringify({ type: 'x'.repeat(100) }), 'not-a-frame'],
  ])('refuses %s and reads nothing after it', (_name, text, violation) => {
    expect(decode([`${text}\f{"type":"beat","data":{}}\f`])).toEqual({ frames: [], violation });
  });

  it('survives nesting that would overflow a recursive parser', () => {
    const deep = '['.repeat(100_000) + ']'.repeat(100_000);
    expect(decode([`{"type":"call","data":${deep}}\f`]).frames).toHaveLength(1);
  });

  it('takes a frame that drips in byte by byte in linear time', () => {
    const text = `${JSON.stringify({ type: 'call', data: 'x'.repeat(900_000) })}\f`;
    const started = performance.now();
    expect(decode(text).frames).toHaveLength(1);
    expect(performance.now() - started).toBeLessThan(5000);
  });
});

describe('encodeFrame', () => {
  it('escapes the end mark inside strings', () => {
    expect(encodeFrame({ type: 'a', data: '\f' }, 100)).not.toContain('\f');
  });

  it('refuses a frame over the limit with its size', () => {
    expect(() => encodeFrame({ type: 'result', data: 'x'.repeat(200) }, 100)).toThrow(
      expect.objectContaining({ code: 'CCP_IPC_TOO_LARGE' }),
    );
  });
});
