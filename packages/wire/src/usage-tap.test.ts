import { gzipSync } from 'node:zlib';
import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { createMessageStreamWriter } from './message-stream-writer.js';
import { encodeSseEvent, SSE_PING } from './sse-event.js';
import type { UsageReport } from './usage-report.js';
import { createUsageTap } from './usage-tap.js';

const numRuns = 5_000 * Number(process.env['CCPROXY_TEST_SCALE'] ?? 1);

function report(chunks: readonly Buffer[]): UsageReport {
  const tap = createUsageTap();
  for (const chunk of chunks) tap.push(chunk);
  return tap.end();
}

function stream(texts: readonly string[], options: { readonly pings?: boolean; readonly crlf?: boolean } = {}): Buffer {
  const writer = createMessageStreamWriter({
    id: 'msg_1',
    model: 'claude-x',
    usage: { inputTokens: 12, cacheReadTokens: 900, cacheCreationTokens: 30, outputTokens: 1 },
  });
  const parts = [
    options.pings === true ? `: hello\n\n${SSE_PING}` : '',
    writer.start(),
    ...texts.map((text) => writer.text(text)),
    writer.finish({ stopReason: 'end_turn', usage: { inputTokens: 13, outputTokens: 77 } }),
  ];
  const text = parts.join(options.pings === true ? SSE_PING : '');
  return Buffer.from(options.crlf === true ? text.replaceAll('\n', '\r\n') : text);
}
const complete = {
  usage: { inputTokens: 13, cacheReadTokens: 900, cacheCreationTokens: 30, outputTokens: 77 },
  stopReason: 'end_turn',
  model: 'claude-x',
  sawMessageStop: true,
  sawError: false,
  incomplete: false,
};

/** Text that tries to look like protocol from inside a JSON string. */
const hostile = fc.constantFrom(
  'event: message_delta',
  '\n\nevent: error\ndata: {}\n\n',
  '{"type":"message_delta","usage":{"output_tokens":5}}',
  'data: x\r\r',
  'é👩‍💻',
);
const texts = fc.array(
  fc.oneof(
    fc.string(),
    hostile,
    fc.nat(6000).map((length) => 'event: error\n'.repeat(length / 13)),
  ),
  { maxLength: 8 },
);
function cut(bytes: Buffer, size: () => number): Buffer[] {
  const chunks: Buffer[] = [];
  for (let at = 0; at < bytes.length;) {
    const end = at + Math.max(1, size());
    chunks.push(bytes.subarray(at, end));
    at = end;
  }
  return chunks;
}

describe('createUsageTap', () => {
  it('reports the same for every chunking, down to single bytes', { timeout: 24 * numRuns }, () => {
    fc.assert(
      fc.property(
        texts,
        fc.boolean(),
        fc.boolean(),
        fc.array(fc.oneof(fc.nat(3), fc.nat(300), fc.nat(40_000)), { minLength: 1, maxLength: 20 }),
        (list, pings, crlf, sizes) => {
          const bytes = stream(list, { pings, crlf });
          let index = 0;
          expect(report(cut(bytes, () => sizes[(index += 1) % sizes.length] ?? 1))).toEqual(complete);
        },
      ),
      { numRuns },
    );
    expect(report(cut(stream(['hello', 'x'.repeat(40_000)]), () => 1))).toEqual(complete);
  });

  it('says of a stream that was cut off what it knows', () => {
    const bytes = stream(['hello']);
    const beforeEnd = bytes.subarray(0, bytes.indexOf('event: message_delta'));
    expect(report([beforeEnd])).toMatchObject({
      usage: { inputTokens: 12, outputTokens: 1 },
      model: 'claude-x',
      stopReason: undefined,
      sawMessageStop: false,
      incomplete: true,
    });
    expect(report([bytes.subarray(0, bytes.indexOf('event: message_stop'))])).toMatchObject({
      usage: { outputTokens: 77 },
      sawMessageStop: false,
      incomplete: true,
    });
    fc.assert(
      fc.property(fc.nat(bytes.length - 1), (length) => {
        expect(report([bytes.subarray(0, length)]).sawError).toBe(false);
      }),
    );
    expect(report([])).toMatchObject({ usage: {}, incomplete: true });
  });

  it('sees an error event', () => {
    const bytes = Buffer.concat([
      stream(['hello']).subarray(0, 700),
      Buffer.from(`\n\n${encodeSseEvent('error', '{"type":"error","error":{}}')}`),
    ]);
    expect(report([bytes])).toMatchObject({ sawError: true, sawMessageStop: false, incomplete: true });
  });

  it('knows nothing of a compressed or foreign body', () => {
    const unknown = { usage: {}, stopReason: undefined, model: undefined, sawMessageStop: false, sawError: false, incomplete: true };
    expect(report(cut(gzipSync(stream(['x'.repeat(9000)])), () => 7))).toEqual(unknown);
    expect(report([Buffer.from('<html>'.repeat(50_000))])).toEqual(unknown);
    expect(report([Buffer.from('{"type":"message"}')])).toEqual(unknown);
  });

  it('[F1] treats nonsense counts as unknown', () => {
    const usage =
      '{"input_tokens":-5,"output_tokens":1e308,"cache_read_input_tokens":1.5,"__proto__":{"cache_creation_input_tokens":3},"cache_creation":{"ephemeral_1h_input_tokens":4}}';
    const text =
      encodeSseEvent('message_start', `{"type":"message_start","message":{"usage":${usage}}}`) +
      encodeSseEvent('message_delta', `{"type":"message_delta","delta":{},"usage":{"output_tokens":"9"}}`) +
      encodeSseEvent('message_stop', '{"type":"message_stop"}');
    expect(report([Buffer.from(text)])).toMatchObject({ usage: { cacheCreation1hTokens: 4 }, sawMessageStop: true, incomplete: true });
    expect(Object.keys(report([Buffer.from(text)]).usage)).toEqual(['cacheCreation1hTokens']);
  });

  it('gives up looking for message_start after 64 KB', () => {
    const bytes = Buffer.concat([Buffer.from(SSE_PING.repeat(2000)), stream(['late'])]);
    expect(report(cut(bytes, () => 1000))).toMatchObject({
      model: undefined,
      usage: { inputTokens: 13, outputTokens: 77 },
      sawMessageStop: true,
      incomplete: true,
    });
  });
});
