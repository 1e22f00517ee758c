import type { JsonObject } from '@ccproxy/wire';
import { describe, expect, it } from 'vitest';
import { wireApis, type WireApi } from './core/wire-api.js';
import { streamed } from './testing/answer-bed.js';
import { request, result, tool } from './testing/request-bed.js';

/** An answer with reasoning the provider wants back, and a call; and where that stands in the next request. */
const turns: Readonly<Record<WireApi, { readonly events: readonly object[]; readonly secret: string; readonly callId: string }>> = {
  'openai-chat': {
    events: [
      {
        choices: [
          { delta: { reasoning: 'THOUGHT', reasoning_details: [{ type: 'reasoning.text', text: 'THOUGHT', signature: 'SECRET-chat' }] } },
        ],
      },
      {
        choices: [
          {
            delta: { tool_calls: [{ index: 0, id: 'functions.f:0', function: { name: 'f', arguments: '{"q":"a"}' } }] },
            finish_reason: 'tool_calls',
          },
        ],
      },
    ],
    secret: 'SECRET-chat',
    callId: 'functions.f:0',
  },
  'openai-responses': {
    events: [
      {
        type: 'response.output_item.done',
        output_index: 0,
        item: { type: 'reasoning', summary: [{ type: 'summary_text', text: 'THOUGHT' }], encrypted_content: 'SECRET-resp' },
      },
      {
        type: 'response.output_item.done',
        output_index: 1,
        item: { type: 'function_call', call_id: 'call_r', name: 'f', arguments: '{"q":"a"}' },
      },
      { type: 'response.completed', response: { status: 'completed' } },
    ],
    secret: 'SECRET-resp',
    callId: 'call_r',
  },
  gemini: {
    events: [
      {
        candidates: [
          {
            content: {
              parts: [
                { text: 'THOUGHT', thought: true },
                { functionCall: { name: 'f', args: { q: 'a' } }, thoughtSignature: 'U0VDUkVU' },
              ],
            },
            finishReason: 'STOP',
          },
        ],
      },
    ],
    secret: 'U0VDUkVU',
    callId: '',
  },
  ollama: {
    events: [
      {
        message: { role: 'assistant', content: '', thinking: 'THOUGHT', tool_calls: [{ function: { name: 'f', arguments: { q: 'a' } } }] },
        done: false,
      },
      { message: { role: 'assistant', content: '' }, done: true, done_reason: 'stop' },
    ],
    secret: 'THOUGHT',
    callId: '',
  },
};

/** The conversation as the client sends it after the answer: the blocks as they came, and the result of the call. */
function next(api: WireApi): JsonObject {
  const { events } = turns[api];
  const { content, error } = streamed(
    api,
    events.map((event) => Buffer.from(api === 'ollama' ? `${JSON.stringify(event)}\n` : `data: ${JSON.stringify(event)}\n\n`)),
  );
  expect(error).toBeUndefined();
  const id = String(content.find((block) => block['type'] === 'tool_use')?.['id']);
  return {
    tools: [tool('f')],
    messages: [
      { role: 'user', content: 'start' },
      { role: 'assistant', content },
      { role: 'user', content: [result(id, 'RESULT')] },
    ],
  };
}

describe.each(wireApis)('a conversation with %s', (api) => {
  const { secret, callId } = turns[api];

  it('[C13] [C23] TR-15 TR-38 TR-63 TR-85 goes on with what the provider wants back, and its own ids', () => {
    const { body, dropped } = request(api, next(api));
    const written = JSON.stringify(body);
    expect(written).toContain(secret);
    expect(written).toContain('RESULT');
    expect(written).toContain(callId);
    expect(written).not.toContain('ccp1.');
    expect(dropped).toEqual([]);
  });

  it.each(wireApis.filter((other) => other !== api))('[C13] [C23] TR-14 goes on with %s without a trace of its reasoning', (other) => {
    const { body, dropped } = request(other, next(api));
    const written = JSON.stringify(body);
    expect(written).not.toMatch(new RegExp(`${secret}|THOUGHT|ccp1\\.`));
    expect(written).toContain('RESULT');
    expect(dropped).toEqual(['thinking of another model']);
  });

  it('[C23] TR-14 goes on with another provider of the same protocol without it too', () => {
    expect(JSON.stringify(request(api, next(api), { family: 'another' }).body)).not.toMatch(new RegExp(`${secret}|THOUGHT`));
  });
});
