import { gzipSync } from 'node:zlib';
import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { readUsage } from './read-usage.js';

const message = (content: string): string =>
  JSON.stringify({
    id: 'msg_1',
    type: 'message',
    role: 'assistant',
    model: 'claude-x',
    content: [{ type: 'text', text: content }],
    stop_reason: 'end_turn',
    usage: { input_tokens: 3, output_tokens: 5, cache_read_input_tokens: 0 },
  });

describe('readUsage', () => {
  it('reads a message of any size', () => {
    for (const size of [0, 3_000_000]) {
      expect(readUsage(Buffer.from(message('"usage":{"output_tokens":9}'.repeat(size / 27))))).toEqual({
        usage: { inputTokens: 3, outputTokens: 5, cacheReadTokens: 0 },
        stopReason: 'end_turn',
        model: 'claude-x',
        sawMessageStop: true,
        sawError: false,
        incomplete: false,
      });
    }
  });

  it('tells errors, cut-off bodies, nonsense counts and other bytes apart', () => {
    expect(readUsage(Buffer.from('{"type":"error","error":{"type":"api_error","message":"x"}}'))).toMatchObject({
      sawError: true,
      incomplete: true,
      usage: {},
    });
    expect(readUsage(Buffer.from(`{"usage":{"input_tokens":3},"type":"message","content":[`))).toMatchObject({
      usage: { inputTokens: 3 },
      incomplete: true,
    });
    expect(readUsage(Buffer.from('{"type":"message","stop_reason":null,"usage":{"input_tokens":-1,"output_tokens":1e308}}'))).toMatchObject(
      { usage: {}, stopReason: undefined, incomplete: true },
    );
    expect(readUsage(Buffer.from(`{"type":"message","usage":{"x":"${'y'.repeat(70_000)}","output_tokens":1}}`))).toMatchObject({
      usage: {},
    });
    for (const other of [Buffer.alloc(0), Buffer.from('<html>'), Buffer.from('null'), gzipSync(message('x'))])
      expect(readUsage(other)).toMatchObject({ usage: {}, incomplete: true });
  });

  it('never throws', () => {
    fc.assert(
      fc.property(fc.nat(), fc.nat(255), (where, byte) => {
        const bytes = Buffer.from(message('hello'));
        bytes[where % bytes.length] = byte;
        expect(readUsage(bytes)).toHaveProperty('incomplete');
      }),
      { numRuns: 2000 },
    );
  });
});
