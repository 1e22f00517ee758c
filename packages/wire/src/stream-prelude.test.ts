import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { errorSseEvent } from './error-body.js';
import { createMessageStreamWriter } from './message-stream-writer.js';
import { encodeSseEvent, SSE_PING } from './sse-event.js';
import { createStreamPrelude, type PreludeVerdict } from './stream-prelude.js';

const start = createMessageStreamWriter({ id: 'msg_1', model: 'm', usage: { inputTokens: 1 } }).start();
const unknown = encodeSseEvent('model_hint', '{"type":"model_hint"}');
const block = encodeSseEvent('content_block_start', '{"type":"content_block_start","index":0,"content_block":{"type":"text","text":""}}');
const prelude = `: hi\n\n${SSE_PING}${start}${unknown}${SSE_PING}`;

/** The first verdict that is not `wait`, byte by byte, and how many bytes it took. */
function judge(text: string): { verdict: PreludeVerdict; bytes: number; held: string } {
  const held = createStreamPrelude();
  const bytes = Buffer.from(text);
  let verdict: PreludeVerdict = 'wait';
  let used = 0;
  while (used < bytes.length && verdict === 'wait') verdict = held.push(bytes.subarray(used, (used += 1)));
  return { verdict, bytes: used, held: Buffer.concat(held.take()).toString() };
}

describe('createStreamPrelude', () => {
  it('[C9] waits through message_start, pings, comments and unknown events, and commits at the first content', () => {
    expect(judge(prelude).verdict).toBe('wait');
    const { verdict, bytes, held } = judge(`${prelude}${block}rest`);
    expect(verdict).toBe('commit');
    expect(held).toBe(prelude + block);
    expect(bytes).toBe(Buffer.byteLength(prelude + block));
  });

  it('[C9] reports an error that comes before any content, with its data as it came', () => {
    const { verdict } = judge(`${prelude}${errorSseEvent('overloaded_error', 'Overloaded')}`);
    expect(verdict).toEqual({
      error: {
        type: 'overloaded_error',
        message: 'Overloaded',
        raw: '{"type":"error","error":{"type":"overloaded_error","message":"Overloaded"}}',
      },
    });
    expect(judge('event: error\ndata: oops\n\n').verdict).toEqual({
      error: { type: 'api_error', message: 'The upstream reported an error.', raw: 'oops' },
    });
  });

  it('[C9] does not see an error after content, and commits for message_delta and message_stop', () => {
    const held = createStreamPrelude();
    expect(held.push(Buffer.from(prelude + block + errorSseEvent('api_error', 'x')))).toBe('commit');
    expect(held.sawMessageStart).toBe(true);
    expect(judge(`${start}event: message_delta\ndata: {"type":"message_delta"}\n\n`).verdict).toBe('commit');
    expect(judge(`${start}event: message_stop\ndata: {"type":"message_stop"}\n\n`).verdict).toBe('commit');
  });

  it('[C9] gives the same verdict and the same bytes for every split', () => {
    fc.assert(
      fc.property(
        fc.constantFrom(prelude, prelude + block, prelude + errorSseEvent('api_error', 'é'), 'data: x'),
        fc.array(fc.integer({ min: 1, max: 90 }), { minLength: 1 }),
        (text, sizes) => {
          const bytes = Buffer.from(text.replaceAll('\n', sizes.length % 2 === 0 ? '\n' : '\r\n'));
          const once = createStreamPrelude();
          const expected = once.push(bytes);
          const split = createStreamPrelude();
          let verdict: PreludeVerdict = 'wait';
          for (let at = 0, index = 0; at < bytes.length; index += 1) {
            const size = sizes[index % sizes.length] ?? 1;
            verdict = split.push(bytes.subarray(at, at + size));
            at += size;
          }
          expect(verdict).toEqual(expected);
          expect(split.end()).toEqual(once.end());
          expect(Buffer.concat(split.take())).toEqual(bytes);
          expect(split.take()).toEqual([]);
        },
      ),
      { numRuns: 3000 },
    );
  });

  it('[F1] commits instead of holding more than 64 KB', () => {
    const held = createStreamPrelude();
    expect(held.push(Buffer.alloc(60_000, 'x'))).toBe('wait');
    expect(held.push(Buffer.alloc(6_000, 'x'))).toBe('commit');
    expect(Buffer.concat(held.take())).toHaveLength(66_000);
    const pings = createStreamPrelude();
    let verdict: PreludeVerdict = 'wait';
    for (let count = 0; verdict === 'wait'; count += 1) {
      verdict = pings.push(Buffer.from(SSE_PING));
      expect(count).toBeLessThan(2000);
    }
  });

  it('[C9] tells at the end whether anything came', () => {
    const empty = createStreamPrelude();
    expect(empty.end()).toBe('wait');
    expect(empty.sawMessageStart).toBe(false);
    const unfinished = createStreamPrelude();
    unfinished.push(Buffer.from('event: error\ndata: {"type":"error","error":{"type":"api_error","message":"no blank line"}}'));
    expect(unfinished.end()).toMatchObject({ error: { message: 'no blank line' } });
    expect(unfinished.push(Buffer.from('x'))).toMatchObject({ error: { type: 'api_error' } });
  });
});
