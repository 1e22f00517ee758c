import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { SseDecoder } from './sse-decoder.js';
import { encodeSseEvent, SSE_PING, type SseEvent } from './sse-event.js';

const numRuns = 10_000 * Number(process.env['CCPROXY_TEST_SCALE'] ?? 1);

function decode(chunks: readonly Uint8Array[]): SseEvent[] {
  const decoder = new SseDecoder();
  const decoded = [...chunks.map((chunk) => decoder.push(chunk)), decoder.end()];
  expect(decoded.every(({ ok }) => ok)).toBe(true);
  return decoded.flatMap(({ events }) => [...events]);
}
const whole = (text: string): SseEvent[] => decode([Buffer.from(text)]);
function split(bytes: Buffer, cuts: readonly number[]): Buffer[] {
  const edges = [0, ...cuts.map((cut) => cut % (bytes.length + 1)).toSorted((a, b) => a - b), bytes.length];
  return edges.slice(1).map((end, index) => bytes.subarray(edges[index], end));
}

const value = fc
  .oneof(fc.string({ unit: 'grapheme', maxLength: 12 }), fc.constantFrom('é', '日本', '👩‍💻', '{"a":"b"}', ' lead', ':'))
  .map((text) => text.replaceAll(/[\r\n]/g, ''));
const line = fc.oneof(
  fc.tuple(fc.constantFrom('data', 'event', 'id', 'retry', 'other', ''), fc.constantFrom(': ', ':'), value).map((parts) => parts.join('')),
  fc.constantFrom('', '', '', 'data', ': comment', 'retry: 250', '\ufeffdata: x'),
);
const stream = fc
  .tuple(fc.boolean(), fc.array(fc.tuple(line, fc.constantFrom('\n', '\r\n', '\r')), { maxLength: 24 }), value)
  .map(([bom, lines, rest]) => Buffer.from((bom ? '\ufeff' : '') + lines.flat().join('') + rest));

/** The same language by another road: text split by regular expression. */
function reference(bytes: Buffer): SseEvent[] {
  const lines = bytes
    .toString('utf8')
    .replace(/^\ufeff/, '')
    .split(/\r\n|\n|\r/);
  const events: SseEvent[] = [];
  let fields: [string, string][] = [];
  for (const text of [...lines, '']) {
    if (text !== '') {
      const [, name = '', rest = ''] = /^([^:]*)(?:: ?(.*))?$/su.exec(text) ?? [];
      fields.push([name, rest]);
      continue;
    }
    const last = (name: string, fits: RegExp): string | undefined =>
      fields.findLast(([field, content]) => field === name && fits.test(content))?.[1];
    const data = fields.filter(([field]) => field === 'data').map(([, content]) => content);
    const id = last('id', /^[^\0]*$/);
    const retry = last('retry', /^\d{1,15}$/);
    const event = last('event', /^/) ?? '';
    if (data.length > 0)
      events.push({
        event: event === '' ? 'message' : event,
        data: data.join('\n'),
        ...(id === undefined ? {} : { id }),
        ...(retry === undefined ? {} : { retry: Number(retry) }),
      });
    fields = [];
  }
  return events;
}

describe('SseDecoder', () => {
  it('[F1] gives the same events for every split of the bytes, and those of a plain reading', { timeout: 12 * numRuns }, () => {
    fc.assert(
      fc.property(stream, fc.array(fc.nat(400), { maxLength: 12 }), (bytes, cuts) => {
        const once = decode([bytes]);
        expect(once).toEqual(reference(bytes));
        expect(decode(split(bytes, cuts))).toEqual(once);
        expect(decode(Array.from(bytes, (byte) => Uint8Array.of(byte)))).toEqual(once);
      }),
      { numRuns },
    );
  });

  it('reads back what is encoded, line breaks in data included', () => {
    fc.assert(
      fc.property(fc.array(fc.tuple(fc.stringMatching(/^[a-z_]{1,12}$/), fc.string({ unit: 'grapheme' }))), (events) => {
        const text = events.map(([event, data]) => encodeSseEvent(event, data)).join(SSE_PING);
        const read = whole(text).filter(({ event }) => event !== 'ping');
        expect(read).toEqual(
          events.filter(([event]) => event !== 'ping').map(([event, data]) => ({ event, data: data.replaceAll(/\r\n?/g, '\n') })),
        );
      }),
    );
  });

  it('reads CRLF, CR, a BOM, comments, several data lines, ids, retry and a missing end', () => {
    const text =
      '\ufeff: hello\r\nevent: a\r\ndata: 1\r\ndata:2\r\nid: 7\r\nretry: 250\r\n\r\ndata\r\revent: none\n\nid: a\0b\nretry: x\ndata: last';
    expect(whole(text)).toEqual([
      { event: 'a', data: '1\n2', id: '7', retry: 250 },
      { event: 'message', data: '' },
      { event: 'message', data: 'last' },
    ]);
    expect(SSE_PING).toBe('event: ping\ndata: {"type": "ping"}\n\n');
    expect(() => encodeSseEvent('a\nb', '')).toThrow(TypeError);
  });

  it('[F1] cuts an event that is too large, gives what came before, and stays failed', () => {
    const decoder = new SseDecoder({ maxEventBytes: 100 });
    expect(decoder.push(Buffer.from(`data: ok\n\n: ${'c'.repeat(60)}\n: ${'c'.repeat(60)}\ndata: fine\n\n`))).toMatchObject({
      ok: true,
      events: [{ data: 'ok' }, { data: 'fine' }],
    });
    expect(decoder.push(Buffer.from('data: before\n\ndata: '))).toMatchObject({ ok: true, events: [{ data: 'before' }] });
    expect(decoder.push(Buffer.from('x'.repeat(101)))).toEqual({
      ok: false,
      reason: 'event-too-large',
      message: 'an event exceeds 100 bytes',
      events: [],
    });
    expect(decoder.push(Buffer.from('\n\ndata: x\n\n'))).toMatchObject({ ok: false, events: [] });
    expect(decoder.end()).toMatchObject({ ok: false, events: [] });
    const complete = new SseDecoder({ maxEventBytes: 100 });
    expect(complete.push(Buffer.from(`data: before\n\ndata: ${'x'.repeat(101)}\n\ndata: after\n\n`))).toMatchObject({
      ok: false,
      events: [{ data: 'before' }],
    });
  });

  it('[F1] takes a large event byte by byte and gives its memory back', () => {
    const decoder = new SseDecoder();
    const size = 300_000;
    const letter = Buffer.from('é');
    decoder.push(Buffer.from('data: '));
    for (let index = 0; index < size; index += 1) decoder.push(letter.subarray(index % 2, (index % 2) + 1));
    const { events } = decoder.push(Buffer.from('\n\ndata: next\n\n'));
    expect(events.map(({ data }) => data.length)).toEqual([size / 2, 4]);
  });
});
