import type { JsonObject } from '@ccproxy/wire';
import { describe, expect, it } from 'vitest';
import { decodeForeignSignature } from '../core/foreign-signature.js';
import { createAnswerStream } from '../create-answer-stream.js';
import { contextFor, seen, streamed, whole } from '../testing/answer-bed.js';

const sse = (event: JsonObject): Buffer => Buffer.from(`event: ${String(event['type'])}\ndata: ${JSON.stringify(event)}\n\n`);
const created: JsonObject = { type: 'response.created', response: { id: 'resp', model: 'gpt-x', status: 'in_progress' } };
const added = (output_index: number, item: JsonObject): JsonObject => ({ type: 'response.output_item.added', output_index, item });
const done = (output_index: number, item: JsonObject): JsonObject => ({ type: 'response.output_item.done', output_index, item });
const delta = (kind: string, output_index: number, text: string, more: JsonObject = {}): JsonObject => ({
  type: `response.${kind}.delta`,
  output_index,
  delta: text,
  ...more,
});
const completed = (more: JsonObject = {}): JsonObject => ({
  type: 'response.completed',
  response: { status: 'completed', usage: { input_tokens: 10, output_tokens: 4 }, ...more },
});
const message = (text: string, more: JsonObject = {}): JsonObject => ({
  type: 'message',
  id: 'm',
  content: [{ type: 'output_text', text, ...more }],
});
const f = (args: string, more: JsonObject = {}): JsonObject => ({
  type: 'function_call',
  id: 'fc',
  call_id: 'call_1',
  name: 'f',
  arguments: args,
  ...more,
});
const answer = (...events: JsonObject[]) => {
  const result = streamed('openai-responses', [created, ...events].map(sse));
  return { ...seen(result), content: result.content };
};

describe('items', () => {
  it('[C13] TR-66 TR-98 streams text as it comes', () => {
    const stream = createAnswerStream('openai-responses', contextFor('openai-responses'));
    expect(stream.push(sse(created))).toContain('message_start');
    expect(stream.push(sse(delta('output_text', 0, 'one')))).toContain('"text":"one"');
    expect(stream.push(sse(delta('output_text', 0, 'two')))).toContain('"text":"two"');
    stream.push(sse(completed()));
    expect(stream.end()).toContain('message_stop');
    expect(stream.report()).toMatchObject({ model: 'gpt-x', stopReason: 'end_turn', usage: { inputTokens: 10, outputTokens: 4 } });
  });

  it('[C13] TR-106 writes each part once, whether it comes in deltas, done, whole or at the very end', () => {
    const text = { text: 'hello', stopReason: 'end_turn', violations: [] };
    expect(
      answer(
        added(0, message('')),
        delta('output_text', 0, 'hel'),
        delta('output_text', 0, 'lo'),
        done(0, message('hello')),
        completed({ output: [message('hello')] }),
      ),
    ).toMatchObject(text);
    expect(answer(done(0, message('hello')), completed())).toMatchObject(text);
    expect(answer(completed({ output: [message('hello')] }))).toMatchObject(text);
    const call = { calls: [{ name: 'f', input: { a: 1 } }], stopReason: 'tool_use', violations: [] };
    const args = (kind: 'delta' | 'done'): JsonObject[] =>
      kind === 'delta'
        ? [delta('function_call_arguments', 0, '{"a"'), delta('function_call_arguments', 0, ':1}')]
        : [{ type: 'response.function_call_arguments.done', output_index: 0, arguments: '{"a":1}' }];
    expect(
      answer(added(0, f('')), ...args('delta'), ...args('done'), done(0, f('{"a":1}')), completed({ output: [f('{"a":1}')] })),
    ).toMatchObject(call);
    expect(answer(added(0, f('')), ...args('done'), completed({ output: [f('{"a":1}')] }))).toMatchObject(call);
    expect(answer(added(0, f('', { name: '' })), ...args('delta'), done(0, f('{"a":1}')), completed())).toMatchObject(call);
    expect(answer(done(0, f('{"a":1}')), completed())).toMatchObject(call);
    expect(answer(completed({ output: [f('{"a":1}')] }))).toMatchObject(call);
  });

  it('[C13] TR-106 follows items by their place when their ids change, or by id where there is no place', () => {
    const rotating = [
      added(0, f('', { id: 'x1' })),
      delta('function_call_arguments', 0, '{}', { item_id: 'x2' }),
      done(0, f('{}', { id: 'x3' })),
    ];
    expect(answer(...rotating, completed({ output: [f('{}', { id: 'x4' })] })).calls).toHaveLength(1);
    const placeless = ['a', 'b'].map((text) => ({ type: 'response.output_text.delta', item_id: text, delta: text }));
    expect(answer(...placeless, completed()).text).toBe('ab');
  });

  it('[C13] TR-68 TR-72 serialises parallel calls', () => {
    const events = [
      added(0, f('', { call_id: 'a' })),
      added(1, f('', { call_id: 'b', name: 'g' })),
      delta('function_call_arguments', 1, '{"n":2}'),
      delta('function_call_arguments', 0, '{"n":1}'),
    ];
    expect(answer(...events, completed())).toMatchObject({
      violations: [],
      content: [
        { id: 'a', name: 'f', input: { n: 1 } },
        { id: 'b', name: 'g', input: { n: 2 } },
      ],
    });
  });

  it('[C13] [C23] TR-85 TR-108 makes one thinking block of a reasoning item, and carries what is encrypted', () => {
    const summary = (index: number, text: string): JsonObject => delta('reasoning_summary_text', 0, text, { summary_index: index });
    const item = {
      type: 'reasoning',
      id: 'rs',
      summary: [
        { type: 'summary_text', text: 'one' },
        { type: 'summary_text', text: 'two' },
      ],
      encrypted_content: 'ENC+/=',
    };
    const { content, thinking } = answer(
      added(0, { type: 'reasoning' }),
      summary(0, 'o'),
      summary(0, 'ne'),
      summary(1, 'two'),
      done(0, item),
      delta('output_text', 1, 'x'),
      completed(),
    );
    expect(thinking).toBe('one\n\ntwo');
    expect(content).toMatchObject([{ type: 'thinking' }, { type: 'text' }]);
    expect(decodeForeignSignature(String(content[0]?.['signature']))).toEqual({ family: 'openai-responses', payload: 'ENC+/=' });
    const silent = answer(
      done(0, { type: 'reasoning', summary: [], encrypted_content: 'E1' }),
      done(1, { type: 'reasoning', summary: [], encrypted_content: 'E2' }),
      completed(),
    );
    expect(silent.content.map((block) => decodeForeignSignature(String(block['signature']))?.payload)).toEqual(['E1', 'E2']);
    const open = answer(
      delta('reasoning_text', 0, 'raw'),
      summary(0, 'ignored'),
      done(0, { type: 'reasoning' }),
      done(1, { type: 'reasoning', content: [{ text: 'second' }] }),
      completed(),
    );
    expect(open.content).toMatchObject([{ thinking: 'raw' }, { thinking: 'second' }]);
  });

  it('[C13] TR-90 reads refusals', () => {
    expect(answer(delta('refusal', 0, 'No.'), completed())).toMatchObject({ text: 'No.', stopReason: 'refusal' });
    expect(
      whole('openai-responses', { status: 'completed', output: [{ type: 'message', content: [{ type: 'refusal', refusal: 'No.' }] }] }),
    ).toMatchObject({ content: [{ text: 'No.' }], stop_reason: 'refusal' });
  });

  it('[C13] TR-109 shows searches the provider made, with the sources it lists', () => {
    const search = {
      type: 'web_search_call',
      id: 'ws',
      status: 'completed',
      action: { type: 'search', query: 'Q', sources: [{ url: 'https://u' }, { title: 'no url' }] },
    };
    expect(answer(added(0, { type: 'web_search_call' }), done(0, search), delta('output_text', 1, 'found'), completed())).toMatchObject({
      violations: [],
      stopReason: 'end_turn',
      content: [
        { type: 'server_tool_use', name: 'web_search', input: { query: 'Q' } },
        { type: 'web_search_tool_result', content: [{ type: 'web_search_result', url: 'https://u' }] },
        { type: 'text', text: 'found' },
      ],
    });
    for (const action of [{ queries: ['Q'] }, { url: 'Q' }])
      expect(JSON.stringify(answer(done(0, { type: 'web_search_call', action }), completed()).content)).toContain('"query":"Q"');
  });

  it('leaves out items it does not know, and reads the responses of a server that works in several steps', () => {
    const steps = [
      done(0, f('{"n":1}', { call_id: 'a' })),
      completed(),
      created,
      done(0, f('{"n":2}', { call_id: 'a' })),
      completed(),
      created,
      done(0, message('end')),
      completed({ usage: { input_tokens: 99, output_tokens: 1 } }),
    ];
    expect(answer(done(7, { type: 'image_generation_call' }), ...steps)).toMatchObject({
      violations: [],
      text: 'end',
      calls: [
        { name: 'f', input: { n: 1 } },
        { name: 'f', input: { n: 2 } },
      ],
      usage: { input_tokens: 99 },
    });
  });
});

describe('the end', () => {
  it.each([
    [{}, 'end_turn'],
    [{ status: 'incomplete', incomplete_details: { reason: 'max_output_tokens' } }, 'max_tokens'],
    [{ status: 'incomplete', incomplete_details: { reason: 'content_filter' } }, 'refusal'],
  ])('[C13] TR-107 %j is %s', (response, expected) => {
    expect(answer(delta('output_text', 0, 'x'), completed(response)).stopReason).toBe(expected);
    expect(whole('openai-responses', { status: 'completed', output: [message('x')], ...response })).toMatchObject({
      stop_reason: expected,
    });
  });

  it('[C13] TR-88 marks a call that was cut', () => {
    expect(
      answer(
        added(0, f('')),
        delta('function_call_arguments', 0, '{"a":"b'),
        completed({ incomplete_details: { reason: 'max_output_tokens' } }),
      ),
    ).toMatchObject({
      stopReason: 'max_tokens',
      calls: [{ input: { a: 'b', __truncated: true } }],
    });
  });

  it('[C13] TR-97 counts what was read from the cache', () => {
    const usage = {
      input_tokens: 100,
      output_tokens: 7,
      input_tokens_details: { cached_tokens: 90 },
      output_tokens_details: { reasoning_tokens: 5 },
    };
    expect(answer(delta('output_text', 0, 'x'), completed({ usage })).usage).toMatchObject({
      input_tokens: 10,
      cache_read_input_tokens: 90,
      output_tokens: 7,
    });
  });

  it('[C13] TR-107 TR-115 failures are errors', () => {
    const failed = {
      type: 'response.failed',
      response: { status: 'failed', error: { code: 'rate_limit_exceeded', message: 'slow down' } },
    };
    expect(answer(failed).error).toEqual({ type: 'rate_limit_error', message: 'slow down' });
    expect(answer({ type: 'response.failed', response: { status: 'failed' } }).error?.message).toContain('failed');
    expect(answer({ type: 'error', code: 'server_error', message: 'oops', param: null }).error).toEqual({
      type: 'api_error',
      message: 'oops',
    });
    expect(
      answer({ type: 'error', error: { code: 'context_length_exceeded', message: 'Your input exceeds the context window of this model.' } })
        .error,
    ).toMatchObject({
      type: 'invalid_request_error',
      message: expect.stringContaining('prompt is too long: ') as unknown,
    });
    expect(whole('openai-responses', { status: 'failed', output: [], error: { code: 'x', message: 'bad' } })).toBe('api_error: bad');
    expect(whole('openai-responses', { error: { message: 'bad' } })).toBe('api_error: bad');
    expect(whole('openai-responses', { status: 'cancelled', output: [] })).toContain('cancelled');
  });

  it('[C13] TR-75 arguments that are almost JSON are mended, others are an error', () => {
    const called = (json: string) =>
      answer(done(0, { type: 'function_call', id: 'i', call_id: 'c', name: 'f', arguments: json }), completed());
    expect(called("{'a': 1,}").calls).toEqual([{ name: 'f', input: { a: 1 } }]);
    expect(called('not at all')).toMatchObject({ violations: [], error: { type: 'api_error' }, stopReason: undefined });
  });

  it('[C13] TR-73 TR-96 TR-100 nothing said, no arguments, nothing counted', () => {
    const empty = createAnswerStream('openai-responses', contextFor('openai-responses'));
    const text = empty.push(sse({ type: 'response.completed', response: { status: 'completed', output: [] } })) + empty.end();
    expect(text).toContain('"stop_reason":"end_turn"');
    expect(empty.report()).toMatchObject({ estimated: true, error: undefined });
    expect(answer(done(0, { type: 'function_call', id: 'i', call_id: 'c', name: 'f', arguments: '' }), completed()).calls).toEqual([
      { name: 'f', input: {} },
    ]);
  });

  it('[C13] TR-116 an end without a last event is an error', () => {
    expect(answer(delta('output_text', 0, 'x')).error?.type).toBe('api_error');
    expect(answer(delta('output_text', 0, 'x'), done(0, message('x'))).error?.type).toBe('api_error');
  });

  it('[C13] bounds the number of items', () => {
    const stream = createAnswerStream('openai-responses', contextFor('openai-responses'));
    for (let index = 0; index < 6000 && !stream.ended; index += 1) stream.push(sse(added(index, { type: 'message', id: `m${index}` })));
    expect(stream.report().error?.message).toContain('more items');
  });
});
