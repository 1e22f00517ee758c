import { describe, expect, it } from 'vitest';
import { createMessageBuilder } from './message-builder.js';
import { createMessageStreamWriter } from './message-stream-writer.js';
import type { MessageWriter } from './message-writer.js';
import { SseDecoder } from './sse-decoder.js';

const start = { id: 'msg_1', model: 'claude-x', usage: { inputTokens: 9 } } as const;

function play(writer: MessageWriter): string {
  return [
    writer.thinking('hm'),
    writer.thinking('m'),
    writer.signature('sig'),
    writer.text('Hello '),
    writer.text(''),
    writer.text('wörld'),
    writer.toolUse({ id: 'toolu_1', name: 'Read' }),
    writer.toolInput('{"path":'),
    writer.toolInput('"/x"}'),
    writer.toolUse({ id: 'toolu_2', name: 'Now' }),
    writer.toolInput(''),
    writer.block({ type: 'web_search_tool_result', tool_use_id: 'srv', content: [] }),
    writer.text('done'),
    writer.finish({ stopReason: 'tool_use', usage: { inputTokens: 11, outputTokens: 5, cacheReadTokens: 2 } }),
  ].join('');
}
const content = [
  { type: 'thinking', thinking: 'hmm', signature: 'sig' },
  { type: 'text', text: 'Hello wörld' },
  { type: 'tool_use', id: 'toolu_1', name: 'Read', input: { path: '/x' } },
  { type: 'tool_use', id: 'toolu_2', name: 'Now', input: {} },
  { type: 'web_search_tool_result', tool_use_id: 'srv', content: [] },
  { type: 'text', text: 'done' },
];

describe('the Anthropic serializer', () => {
  it('[C13] writes a stream event by event', () => {
    const { events } = new SseDecoder().push(Buffer.from(play(createMessageStreamWriter(start))));
    const parsed = events.map(({ data }) => JSON.parse(data) as Record<string, unknown>);
    expect(events.map(({ event }) => event)).toEqual(parsed.map(({ type }) => type));
    expect(parsed[0]).toEqual({
      type: 'message_start',
      message: {
        id: 'msg_1',
        type: 'message',
        role: 'assistant',
        model: 'claude-x',
        content: [],
        stop_reason: null,
        stop_sequence: null,
        usage: { input_tokens: 9, cache_creation_input_tokens: 0, cache_read_input_tokens: 0, output_tokens: 0 },
      },
    });
    expect(parsed.filter(({ type }) => type === 'content_block_start').map(({ index }) => index)).toEqual([0, 1, 2, 3, 4, 5]);
    expect(parsed.slice(2, 5)).toEqual([
      { type: 'content_block_delta', index: 0, delta: { type: 'thinking_delta', thinking: 'hm' } },
      { type: 'content_block_delta', index: 0, delta: { type: 'thinking_delta', thinking: 'm' } },
      { type: 'content_block_delta', index: 0, delta: { type: 'signature_delta', signature: 'sig' } },
    ]);
    expect(parsed.at(-2)).toEqual({
      type: 'message_delta',
      delta: { stop_reason: 'tool_use', stop_sequence: null },
      usage: { input_tokens: 11, cache_read_input_tokens: 2, output_tokens: 5 },
    });
    expect(parsed.at(-1)).toEqual({ type: 'message_stop' });
  });

  it('[C13] builds the same answer as one message', () => {
    const builder = createMessageBuilder(start);
    expect(play(builder.writer)).toBe('');
    expect(builder.message()).toEqual({
      id: 'msg_1',
      type: 'message',
      role: 'assistant',
      model: 'claude-x',
      content,
      stop_reason: 'tool_use',
      stop_sequence: null,
      usage: { input_tokens: 11, cache_creation_input_tokens: 0, cache_read_input_tokens: 2, output_tokens: 5 },
    });
  });

  it('[C13] gives an answer without content a start and an end', () => {
    const writer = createMessageStreamWriter(start);
    expect(writer.start()).toContain('message_start');
    expect(writer.start()).toBe('');
    expect(writer.finish({ stopReason: 'stop_sequence', stopSequence: 'END', usage: {} })).toContain('"stop_sequence":"END"');
    expect(writer.ended).toBe(true);
    const builder = createMessageBuilder(start);
    builder.writer.finish({ stopReason: 'end_turn', usage: {} });
    expect(builder.message().content).toEqual([]);
  });

  it('refuses what no stream can say', () => {
    const writer = createMessageStreamWriter(start);
    expect(() => writer.toolInput('{}')).toThrow('no tool call is open');
    expect(writer.fail('overloaded_error', 'busy')).toBe(
      'event: error\ndata: {"type":"error","error":{"type":"overloaded_error","message":"busy"}}\n\n',
    );
    for (const more of [
      () => writer.text('x'),
      () => writer.fail('api_error', 'x'),
      () => writer.finish({ stopReason: 'end_turn', usage: {} }),
      () => writer.block({ type: 'x' }),
    ])
      expect(more).toThrow('the message has ended');
    const builder = createMessageBuilder(start);
    expect(() => builder.message()).toThrow('has not finished');
    builder.writer.toolUse({ id: 'a', name: 'b' });
    builder.writer.toolInput('{');
    builder.writer.finish({ stopReason: 'tool_use', usage: {} });
    expect(() => builder.message()).toThrow('not a JSON object');
  });

  it('signs an empty thinking block when the thinking itself is left out', () => {
    const builder = createMessageBuilder(start);
    builder.writer.signature('s');
    builder.writer.finish({ stopReason: 'end_turn', usage: {} });
    expect(builder.message().content).toEqual([{ type: 'thinking', thinking: '', signature: 's' }]);
    const failed = createMessageBuilder(start);
    expect(failed.writer.fail('api_error', 'x')).toBe('');
  });
});
