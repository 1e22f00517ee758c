import { createStreamGrammar, SseDecoder } from '@ccproxy/wire';
import { describe, expect, it } from 'vitest';
import { messageEvents } from './message-events.js';

describe('messageEvents', () => {
  it('[C13] TR-125 says the same as the document, in a stream that keeps the protocol', () => {
    const content = [
      { type: 'thinking', thinking: 'hm', signature: 'ccp1.p.' },
      { type: 'text', text: 'näh' },
      { type: 'text', text: 'more' },
      { type: 'tool_use', id: 'toolu_1', name: 'f', input: { a: [1, { b: '✓' }] } },
      { type: 'tool_use', id: 'toolu_2', name: 'g', input: {} },
      { type: 'web_search_tool_result', tool_use_id: 'x', content: [] },
    ];
    const usage = { input_tokens: 5, output_tokens: 7, cache_read_input_tokens: 2 };
    const events = messageEvents({
      id: 'msg_1',
      type: 'message',
      role: 'assistant',
      model: 'm',
      content,
      stop_reason: 'stop_sequence',
      stop_sequence: 'END',
      usage,
    });
    const decoder = new SseDecoder();
    const grammar = createStreamGrammar();
    const read = [...decoder.push(Buffer.from(events)).events, ...decoder.end().events];
    expect([...read.flatMap((event) => grammar.push(event)), ...grammar.end()]).toEqual([]);
    const all = read.map(
      ({ data }) =>
        JSON.parse(data) as { type: string; index?: number; content_block?: object; delta?: Record<string, string>; usage?: object },
    );
    expect(all.filter(({ type }) => type === 'content_block_start').map((each) => each.content_block)).toMatchObject(
      content.map(({ type }) => ({ type })),
    );
    const texts = all.map(({ delta }) => delta?.['text'] ?? '').filter((text) => text !== '');
    expect(texts).toEqual(['näh', 'more']);
    const input = (index: number): string => all.map((each) => (each.index === index ? (each.delta?.['partial_json'] ?? '') : '')).join('');
    expect([JSON.parse(input(3)), JSON.parse(input(4) || '{}')]).toEqual([{ a: [1, { b: '✓' }] }, {}]);
    expect(events).toContain('"signature":"ccp1.p."');
    expect(all.find(({ type }) => type === 'message_delta')).toMatchObject({
      delta: { stop_reason: 'stop_sequence', stop_sequence: 'END' },
      usage: { output_tokens: 7, cache_read_input_tokens: 2 },
    });
  });
});
