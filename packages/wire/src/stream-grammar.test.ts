import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { createMessageStreamWriter } from './message-stream-writer.js';
import type { MessageWriter } from './message-writer.js';
import { SseDecoder } from './sse-decoder.js';
import { encodeSseEvent, SSE_PING } from './sse-event.js';
import { createStreamGrammar } from './stream-grammar.js';

const rulesOf = (text: string): string[] => {
  const decoder = new SseDecoder();
  const grammar = createStreamGrammar();
  const events = [...decoder.push(Buffer.from(text)).events, ...decoder.end().events];
  return [...events.flatMap((event) => grammar.push(event)), ...grammar.end()].map(({ rule }) => rule);
};
const sse = (event: { readonly type: string } & Record<string, unknown>): string => encodeSseEvent(event.type, JSON.stringify(event));
const start = sse({ type: 'message_start', message: { id: 'a', content: [] } });
const open = (index: number, type = 'text'): string => sse({ type: 'content_block_start', index, content_block: { type } });
const delta = (index: number, type = 'text_delta'): string => sse({ type: 'content_block_delta', index, delta: { type } });
const close = (index: number): string => sse({ type: 'content_block_stop', index });
const end = sse({ type: 'message_delta', delta: { stop_reason: 'end_turn' } }) + sse({ type: 'message_stop' });
const error = sse({ type: 'error', error: { type: 'api_error', message: 'x' } });

describe('createStreamGrammar', () => {
  it.each([
    ['an empty answer', start + end],
    [
      'blocks in order',
      start +
        open(0) +
        delta(0) +
        close(0) +
        open(1, 'thinking') +
        delta(1, 'thinking_delta') +
        delta(1, 'signature_delta') +
        close(1) +
        end,
    ],
    [
      'tools and unknown things',
      start +
        open(0, 'tool_use') +
        delta(0, 'input_json_delta') +
        close(0) +
        open(1, 'new_block') +
        delta(1, 'text_delta') +
        delta(1, 'new_delta') +
        close(1) +
        end,
    ],
    [
      'pings and unknown events anywhere before the end',
      SSE_PING + start + SSE_PING + open(0) + SSE_PING + sse({ type: 'novelty' }) + close(0) + end,
    ],
    ['an error after content', start + open(0) + delta(0) + error],
    ['an error alone', error],
    ['several message_delta', start + sse({ type: 'message_delta', delta: {} }) + end],
  ])('accepts %s', (_name, text) => expect(rulesOf(text)).toEqual([]));

  it.each([
    ['message-start-missing', open(0) + close(0) + end],
    ['message-start-repeated', start + start + end],
    ['message-start-malformed', sse({ type: 'message_start', message: { content: [{}] } }) + end],
    ['block-index', start + open(1) + close(1) + end],
    ['block-open', start + open(0) + open(1) + close(1) + end],
    ['block-open', start + open(0) + end],
    ['block-not-open', start + delta(0) + end],
    ['block-not-open', start + open(0) + delta(7) + close(0) + end],
    ['block-not-open', start + sse({ type: 'content_block_stop' }) + end],
    ['block-malformed', start + sse({ type: 'content_block_start', index: 0 }) + close(0) + end],
    ['block-malformed', start + open(0) + sse({ type: 'content_block_delta', index: 0 }) + close(0) + end],
    ['delta-mismatch', start + open(0, 'tool_use') + delta(0, 'text_delta') + close(0) + end],
    ['block-after-message-delta', start + sse({ type: 'message_delta', delta: {} }) + open(0) + close(0) + sse({ type: 'message_stop' })],
    ['message-delta-missing', start + sse({ type: 'message_stop' })],
    ['after-end', start + end + SSE_PING],
    ['after-end', start + error + sse({ type: 'message_stop' })],
    ['not-ended', start + open(0)],
    ['not-ended', ''],
    ['not-json', `${start}event: novelty\ndata: {\n\n${end}`],
    ['not-json', 'event: error\ndata: overloaded\n\n'],
    ['name-mismatch', `${start}event: ping\ndata: {"type":"pong"}\n\n${end}`],
  ])('[F1] finds %s', (rule, text) => expect(rulesOf(text)).toEqual([rule]));

  it('takes parsed events as well', () => {
    const grammar = createStreamGrammar();
    expect(grammar.push({ type: 'message_start', message: { content: [] } })).toEqual([]);
    expect(grammar.push({ type: 'content_block_start', index: 4, content_block: { type: 'text' } })).toEqual([
      { rule: 'block-index', message: 'block index 4 where 0 is due' },
    ]);
  });

  it('[C13] finds nothing in what the writer writes, whatever the order of the parts', () => {
    const part: fc.Arbitrary<(writer: MessageWriter) => string> = fc.oneof(
      fc.string().map((text) => (writer: MessageWriter) => writer.text(text)),
      fc.string().map((text) => (writer: MessageWriter) => writer.thinking(text)),
      fc.string().map((text) => (writer: MessageWriter) => writer.signature(text)),
      fc.tuple(fc.string(), fc.constantFrom('', '{}', '{"a":1}')).map(
        ([name, json]) =>
          (writer: MessageWriter) =>
            writer.toolUse({ id: 't', name }) + writer.toolInput(json),
      ),
      fc.constant((writer: MessageWriter) => writer.block({ type: 'redacted_thinking', data: 'x' })),
      fc.constant((writer: MessageWriter) => writer.closeBlock()),
      fc.constant(() => SSE_PING),
    );
    fc.assert(
      fc.property(fc.array(part), fc.boolean(), (parts, fails) => {
        const writer = createMessageStreamWriter({ id: 'a', model: 'm', usage: {} });
        const body = parts.map((write) => write(writer)).join('');
        const last = fails ? writer.fail('api_error', 'x') : writer.finish({ stopReason: 'end_turn', usage: {} });
        expect(rulesOf(body + last)).toEqual([]);
      }),
      { numRuns: 2000 },
    );
  });
});
