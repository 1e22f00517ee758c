import { MessageStream } from '@anthropic-ai/sdk/lib/MessageStream';
import { expect, it } from 'vitest';
import { wireApis, type WireApi } from './core/wire-api.js';
import { createAnswerStream } from './create-answer-stream.js';
import { contextFor, whole } from './testing/answer-bed.js';

const chat = (delta: object, finish_reason: string | null = null): object => ({ choices: [{ index: 0, delta, finish_reason }] });

/** The same short answer of each API, streamed and whole: thinking, text, a call. */
const answers: Readonly<Record<WireApi, { readonly stream: readonly object[]; readonly body: object }>> = {
  'openai-chat': {
    stream: [
      chat({ reasoning_content: 'hm' }),
      chat({ content: 'né ' }),
      chat({ content: '🚀' }),
      chat({ tool_calls: [{ index: 0, id: 'call_1', function: { name: 'f', arguments: '{"a":' } }] }),
      chat({ tool_calls: [{ index: 0, function: { arguments: '[1]}' } }] }),
      { ...chat({}, 'tool_calls'), usage: { prompt_tokens: 9, completion_tokens: 4 } },
    ],
    body: {
      choices: [
        {
          message: {
            reasoning_content: 'hm',
            content: 'né 🚀',
            tool_calls: [{ id: 'call_1', function: { name: 'f', arguments: '{"a":[1]}' } }],
          },
          finish_reason: 'tool_calls',
        },
      ],
      usage: { prompt_tokens: 9, completion_tokens: 4 },
    },
  },
  'openai-responses': {
    stream: [
      { type: 'response.reasoning_summary_text.delta', output_index: 0, summary_index: 0, delta: 'hm' },
      { type: 'response.output_text.delta', output_index: 1, content_index: 0, delta: 'né 🚀' },
      { type: 'response.output_item.added', output_index: 2, item: { type: 'function_call', call_id: 'call_1', name: 'f', arguments: '' } },
      { type: 'response.function_call_arguments.delta', output_index: 2, delta: '{"a":[1]}' },
      { type: 'response.completed', response: { status: 'completed', usage: { input_tokens: 9, output_tokens: 4 } } },
    ],
    body: {
      status: 'completed',
      output: [
        { type: 'reasoning', summary: [{ type: 'summary_text', text: 'hm' }] },
        { type: 'message', content: [{ type: 'output_text', text: 'né 🚀' }] },
        { type: 'function_call', call_id: 'call_1', name: 'f', arguments: '{"a":[1]}' },
      ],
      usage: { input_tokens: 9, output_tokens: 4 },
    },
  },
  gemini: {
    stream: [
      { candidates: [{ content: { parts: [{ text: 'hm', thought: true }] } }] },
      { candidates: [{ content: { parts: [{ text: 'né ' }] } }] },
      {
        candidates: [
          { content: { parts: [{ text: '🚀' }, { functionCall: { id: 'call_1', name: 'f', args: { a: [1] } } }] }, finishReason: 'STOP' },
        ],
        usageMetadata: { promptTokenCount: 9, candidatesTokenCount: 4 },
      },
    ],
    body: {
      candidates: [
        {
          content: {
            parts: [{ text: 'hm', thought: true }, { text: 'né 🚀' }, { functionCall: { id: 'call_1', name: 'f', args: { a: [1] } } }],
          },
          finishReason: 'STOP',
        },
      ],
      usageMetadata: { promptTokenCount: 9, candidatesTokenCount: 4 },
    },
  },
  ollama: {
    stream: [
      { message: { role: 'assistant', content: '', thinking: 'hm' }, done: false },
      { message: { role: 'assistant', content: 'né 🚀' }, done: false },
      { message: { role: 'assistant', content: '', tool_calls: [{ function: { name: 'f', arguments: { a: [1] } } }] }, done: false },
      { message: { role: 'assistant', content: '' }, done: true, done_reason: 'stop', prompt_eval_count: 9, eval_count: 4 },
    ],
    body: {
      message: { role: 'assistant', content: 'né 🚀', thinking: 'hm', tool_calls: [{ function: { name: 'f', arguments: { a: [1] } } }] },
      done: true,
      done_reason: 'stop',
      prompt_eval_count: 9,
      eval_count: 4,
    },
  },
};

it.each(wireApis)(
  '[C13] TR-66 TR-125 the official client reads the stream of %s, and finds in it what the whole answer says',
  async (api) => {
    const { stream: events, body } = answers[api];
    const stream = createAnswerStream(api, contextFor(api));
    const sent = events.map((event) => (api === 'ollama' ? `${JSON.stringify(event)}\n` : `data: ${JSON.stringify(event)}\n\n`));
    const text = sent.map((event) => stream.push(Buffer.from(event))).join('') + stream.end();
    // The client's own reader takes the stream as one JSON event per line.
    const lines = text.split('\n').flatMap((line) => (line.startsWith('data: ') ? [`${line.slice(6)}\n`] : []));
    const message = await MessageStream.fromReadableStream(new Blob(lines).stream()).finalMessage();
    const { parsed_output: _none, ...plain } = message as typeof message & { parsed_output?: unknown };
    expect(JSON.parse(JSON.stringify(plain))).toMatchObject(JSON.parse(JSON.stringify(whole(api, body))) as object);
    // Some servers stream although a document was asked for.
    expect(whole(api, sent.join(''))).toEqual(whole(api, body));
    expect(message).toMatchObject({
      model: 'claude-asked',
      stop_reason: 'tool_use',
      content: [
        { type: 'thinking', thinking: 'hm' },
        { type: 'text', text: 'né 🚀' },
        { type: 'tool_use', name: 'f', input: { a: [1] } },
      ],
      usage: { input_tokens: 9, output_tokens: 4 },
    });
  },
);
