import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { createEventReader } from './event-reader.js';

const scale = Number(process.env['CCPROXY_TEST_SCALE'] ?? 1);

function read(framing: 'sse' | 'ndjson', chunks: readonly Uint8Array[], maxLine = 1000): { events: [string, string][]; ok: boolean } {
  const events: [string, string][] = [];
  const reader = createEventReader({ framing, maxLine, onEvent: (data, name) => events.push([name, data]) });
  const ok = chunks.map((chunk) => reader.push(chunk)).every(Boolean);
  return { ok: reader.end() && ok, events };
}
const bytes = (text: string): Buffer => Buffer.from(text);

describe('server-sent events', () => {
  it.each([
    ['LF', '\n'],
    ['CRLF', '\r\n'],
    ['CR', '\r'],
  ])('[C13] TR-118 TR-119 reads the same events with %s, cut anywhere', (_name, newline) => {
    const text = [
      '\uFEFF: hello',
      'event: a',
      'data: {"x":"né 🚀"}',
      '',
      ':',
      'data:no space',
      'data:  two',
      'id: 7',
      '',
      'data: last',
    ].join(newline);
    fc.assert(
      fc.property(fc.array(fc.nat(bytes(text).length), { maxLength: 12 }), (cuts) => {
        const edges = [0, ...cuts.toSorted((a, b) => a - b), bytes(text).length];
        const chunks = edges.slice(1).map((edge, index) => bytes(text).subarray(edges[index], edge));
        expect(read('sse', chunks)).toEqual({
          ok: true,
          events: [
            ['a', '{"x":"né 🚀"}'],
            ['message', 'no space\n two'],
            ['message', 'last'],
          ],
        });
      }),
      { numRuns: 1000 * scale },
    );
    expect(
      read(
        'sse',
        [...bytes(text)].map((byte) => Uint8Array.of(byte)),
      ).events,
    ).toHaveLength(3);
  });

  it('[C13] TR-119 passes over events of nothing, which keep a connection awake', () => {
    const text = 'data:\n\ndata: x\n\nevent: ping\ndata: \n\nevent: b\n\ndata: y\n\n';
    expect(read('sse', [bytes(text)]).events).toEqual([
      ['message', 'x'],
      ['message', 'y'],
    ]);
  });

  it('[C13] TR-118 leaves out a character that was cut off at the end', () => {
    expect(read('sse', [bytes('data: x🚀').subarray(0, 9)]).events).toEqual([['message', 'x']]);
  });

  it('says when a line is too long, and reads no further', () => {
    for (const chunks of [[bytes(`data: ${'x'.repeat(2000)}\n\n`)], [bytes('data: '), ...Array.from({ length: 2000 }, () => bytes('x'))]]) {
      const result = read('sse', [...chunks, bytes('\n\ndata: later\n\n')]);
      expect(result).toEqual({ ok: false, events: [] });
    }
    const many = read('sse', [bytes(`${`data: ${'x'.repeat(600)}\n`.repeat(5)}\n`)]);
    expect(many.events[0]?.[1].length).toBeLessThan(1200);
  });
});

it('reads lines of JSON, empty ones left out', () => {
  expect(read('ndjson', [bytes('{"a":1}\n\n  \r\n{"b"'), bytes(':2}')]).events).toEqual([
    ['message', '{"a":1}'],
    ['message', '{"b":2}'],
  ]);
});
