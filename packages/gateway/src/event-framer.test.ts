import { messageFrames } from '@ccproxy/providers/testing';
import { array, assert, boolean, nat, property } from 'fast-check';
import { describe, expect, it } from 'vitest';
import { endsMessage, EventFramer } from './event-framer.js';

const runs = 10_000 * Number(process.env['CCPROXY_TEST_SCALE'] ?? 1);

const cutAt = (bytes: Buffer, cuts: readonly number[]): Buffer[] => {
  const borders = [...new Set([0, ...cuts.map((cut) => cut % (bytes.length + 1)), bytes.length])].sort((a, b) => a - b);
  return borders.slice(1).map((end, index) => bytes.subarray(borders[index], end));
};

describe('EventFramer', () => {
  it('passes a chunk that ends at a border through by reference', () => {
    const chunk = Buffer.from(messageFrames().join(''));
    const [only, ...others] = new EventFramer().push(chunk);
    expect(only).toBe(chunk);
    expect(others).toEqual([]);
  });

  it('[F1] row 59: gives whole events only, and all bytes, for any cutting, LF or CRLF', () => {
    const check = property(array(nat(), { maxLength: 40 }), boolean(), (cuts, crlf) => {
      const text = messageFrames().join('');
      const bytes = Buffer.from(crlf ? text.replaceAll('\n', '\r\n') : text);
      const framer = new EventFramer();
      const out: Buffer[] = [];
      for (const chunk of cutAt(bytes, cuts)) {
        const events = framer.push(chunk);
        out.push(...events);
        if (
          events.length > 0 &&
          !Buffer.concat(events)
            .toString()
            .endsWith(crlf ? '\r\n\r\n' : '\n\n')
        )
          return false;
      }
      return framer.pendingBytes === 0 && Buffer.concat([...out, framer.rest()]).equals(bytes);
    });
    expect(() => assert(check, { numRuns: runs })).not.toThrow();
  });

  it('does not copy a long read for the beginning that came before it', () => {
    const event = `event: content_block_delta\ndata: ${'x'.repeat(400)}\n\n`;
    const bytes = Buffer.from(event.repeat(50));
    const framer = new EventFramer();
    expect(framer.push(bytes.subarray(0, 100))).toEqual([]);
    const rest = Buffer.concat([bytes.subarray(100), Buffer.from(messageFrames().slice(-1).join(''))]);
    const pieces = framer.push(rest);
    expect(pieces.map(({ length }) => length)).toEqual([100, rest.length]);
    expect(pieces[1]?.buffer).toBe(rest.buffer);
    expect(endsMessage(pieces)).toBe(true);
  });

  it('keeps an unfinished event, however it is cut', () => {
    const framer = new EventFramer();
    for (const byte of Buffer.from('event: x\ndata: 1\n')) expect(framer.push(Buffer.from([byte]))).toEqual([]);
    expect(framer.pendingBytes).toBe(17);
    expect(framer.rest().toString()).toBe('event: x\ndata: 1\n');
    expect(framer.pendingBytes).toBe(0);
    for (let index = 0; index < 200; index += 1) framer.push(Buffer.from('y'));
    expect(framer.rest().length).toBe(200);
  });
});

describe('endsMessage', () => {
  it('sees the end at the beginning of a line only', () => {
    const [stop = ''] = messageFrames().slice(-1);
    expect(endsMessage([Buffer.from(stop)])).toBe(true);
    expect(endsMessage([Buffer.from(messageFrames().join(''))])).toBe(true);
    expect(endsMessage([Buffer.from(messageFrames().join('').replaceAll('\n', '\r\n'))])).toBe(true);
    const forged = `event: content_block_delta\ndata: ${JSON.stringify({ text: '\nevent: message_stop\ndata: {}\n\n' })}\n\n`;
    expect(endsMessage([Buffer.from(forged)])).toBe(false);
    expect(endsMessage([Buffer.from(messageFrames().slice(0, -1).join(''))])).toBe(false);
  });
});
