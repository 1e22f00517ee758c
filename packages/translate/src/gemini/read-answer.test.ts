import type { JsonObject } from '@ccproxy/wire';
import { describe, expect, it } from 'vitest';
import { decodeForeignSignature } from '../core/foreign-signature.js';
import { createAnswerStream } from '../create-answer-stream.js';
import { contextFor, seen, streamed, whole } from '../testing/answer-bed.js';
import { readStream } from '../testing/read-stream.js';
import { translateError } from '../translate-error.js';
import { translateRequest } from '../translate-request.js';

const usageMetadata = { promptTokenCount: 10, candidatesTokenCount: 3, thoughtsTokenCount: 4, totalTokenCount: 17 };
const chunk = (parts: readonly JsonObject[], more: JsonObject = {}, top: JsonObject = {}): JsonObject => ({
  candidates: [{ content: { role: 'model', parts }, ...more }],
  ...top,
});
const last = (reason = 'STOP', parts: readonly JsonObject[] = [{ text: '' }]): JsonObject =>
  chunk(parts, { finishReason: reason }, { usageMetadata });
const event = (value: JsonObject): Buffer => Buffer.from(`data: ${JSON.stringify(value)}\r\n\r\n`);
const answer = (...chunks: JsonObject[]) => streamed('gemini', chunks.map(event));
const call = (name: string, args?: JsonObject, more: JsonObject = {}): JsonObject => ({
  functionCall: { name, ...(args === undefined ? {} : { args }) },
  ...more,
});
const payload = (block: JsonObject | undefined): string | undefined => decodeForeignSignature(String(block?.['signature']))?.payload;

describe('a stream', () => {
  it('[C13] TR-66 TR-78 TR-82 TR-83 TR-98 TR-99 is thinking, text and calls, with exact counts at its end', () => {
    const result = answer(
      chunk([{ text: 'hm', thought: true }]),
      chunk([{ text: 'Hello ' }]),
      chunk([{ text: 'you' }, { text: 'again', thought: true }, call('Read', { path: 'x' }), call('Bash')]),
      last(),
    );
    expect(result.content).toMatchObject([
      { type: 'thinking', thinking: 'hm', signature: 'ccp1.gemini.' },
      { type: 'text', text: 'Hello you' },
      { type: 'thinking', thinking: 'again' },
      { type: 'tool_use', name: 'Read', input: { path: 'x' } },
      { type: 'tool_use', name: 'Bash', input: {} },
    ]);
    expect(seen(result)).toMatchObject({ violations: [], stopReason: 'tool_use', usage: { input_tokens: 10, output_tokens: 7 } });
  });

  it('[C13] TR-97 tells cached and searched tokens apart, and keeps counts a later event leaves out', () => {
    const counts = { promptTokenCount: 100, cachedContentTokenCount: 60, toolUsePromptTokenCount: 5, candidatesTokenCount: 2 };
    const result = answer(
      chunk([{ text: 'x' }], {}, { usageMetadata: counts }),
      chunk([], { finishReason: 'STOP' }, { usageMetadata: { trafficType: 'X' } }),
    );
    expect(result.usage).toMatchObject({ input_tokens: 45, cache_read_input_tokens: 60, output_tokens: 2 });
  });

  it('[C13] passes each piece on before the next one comes', () => {
    const stream = createAnswerStream('gemini', contextFor('gemini'));
    expect(stream.push(event(chunk([{ text: 'One' }])))).toContain('"text":"One"');
    expect(stream.push(event(chunk([{ text: 'Two' }])))).toContain('"text":"Two"');
    expect(stream.push(event(chunk([call('f', { a: 1 })])))).toContain('content_block_stop');
  });

  it("[C13] TR-38 TR-72 gives calls ids a client takes, and finds the provider's own again", () => {
    const result = answer(chunk([{ functionCall: { id: 'functions.f:0', name: 'f', args: {} } }, call('f'), call('f')]), last());
    const ids = result.content.map((block) => String(block['id']));
    expect(new Set(ids).size).toBe(3);
    for (const id of ids) expect(id).toMatch(/^[a-zA-Z0-9_-]+$/);
    const messages = [
      { role: 'user', content: 'go' },
      { role: 'assistant', content: result.content },
    ];
    const { body } = translateRequest('gemini', { messages }, { model: 'gemini-3-pro', messageId: 'm' });
    expect(JSON.stringify(body)).toContain('"id":"functions.f:0"');
  });

  it('[C13] TR-23 gives a shortened name back in full', () => {
    const name = `mcp__${'x'.repeat(90)}`;
    const request = { messages: [{ role: 'user', content: 'go' }], tools: [{ name, input_schema: {} }] };
    const { body, context } = translateRequest('gemini', request, { model: 'gemini-3-pro', messageId: 'msg_1' });
    const sent = /"name":"([^"]+)"/.exec(JSON.stringify(body['tools']))?.[1] ?? '';
    expect(sent.length).toBeLessThanOrEqual(64);
    expect(streamed('gemini', [event(chunk([call(sent)])), event(last())], context).content).toMatchObject([{ name }]);
  });

  it('[C13] TR-104 puts together a call that comes in pieces', () => {
    const piece = (partialArgs: readonly JsonObject[] | undefined, willContinue: boolean, name?: string): JsonObject =>
      chunk([
        {
          functionCall: {
            ...(name === undefined ? {} : { name }),
            ...(partialArgs === undefined ? {} : { partialArgs }),
            ...(willContinue ? { willContinue } : {}),
          },
        },
      ]);
    const result = answer(
      piece(undefined, true, 'write'),
      piece([{ jsonPath: '$.items[0].name', stringValue: 'app', willContinue: true }], true),
      piece([{ jsonPath: '$.items[0].name', stringValue: 'le' }], true),
      piece(
        [
          { jsonPath: "$.items[0]['unit price']", numberValue: 0.5 },
          { jsonPath: '$.items[1].ok', boolValue: false },
        ],
        true,
      ),
      piece([{ jsonPath: '$.none', nullValue: 'NULL_VALUE' }], false),
      piece(undefined, true, 'read'),
      piece(undefined, false),
      last(),
    );
    expect(seen(result)).toMatchObject({
      violations: [],
      calls: [
        { name: 'write', input: { items: [{ name: 'apple', 'unit price': 0.5 }, { ok: false }], none: null } },
        { name: 'read', input: {} },
      ],
    });
  });

  it('[C13] TR-75 TR-104 ends as an error when a piece fits nowhere, and never builds what was not sent', () => {
    for (const jsonPath of ['$.a[7]', '$', 'a', '$.a..b', `$${'.a'.repeat(80)}`, '$.x.y'])
      expect(
        answer(
          chunk([{ functionCall: { name: 'f', willContinue: true, partialArgs: [{ jsonPath: '$.x[0]', numberValue: 1 }] } }]),
          chunk([{ functionCall: { partialArgs: [{ jsonPath, stringValue: 'v' }] } }]),
          last(),
        ),
      ).toMatchObject({ violations: [], error: { type: 'api_error' } });
    const polluted = chunk([{ functionCall: { name: 'f', partialArgs: [{ jsonPath: '$.__proto__.polluted', stringValue: 'yes' }] } }]);
    expect(answer(polluted, last()).violations).toEqual([]);
    expect(Object.hasOwn(Object.prototype, 'polluted')).toBe(false);
  });
});

describe('thought signatures', () => {
  it('[C13] [C23] TR-63 TR-103 stand before the call they belong to, and come back with it', () => {
    const result = answer(
      chunk([{ text: 'think', thought: true }]),
      chunk([call('f', { a: 1 }, { thoughtSignature: 'SIG1' }), call('g', {})]),
      chunk([{ text: 'so', thoughtSignature: 'IGNORED?' }, call('h', {}, { thoughtSignature: 'SIG2' })]),
      last(),
    );
    expect(result.violations).toEqual([]);
    expect(result.content.map((block) => block['type'])).toEqual([
      'thinking',
      'tool_use',
      'tool_use',
      'thinking',
      'text',
      'thinking',
      'tool_use',
    ]);
    expect([0, 3, 5].map((index) => payload(result.content[index]))).toEqual(['call:SIG1', 'text:IGNORED?', 'call:SIG2']);
    const messages = [
      { role: 'user', content: 'go' },
      { role: 'assistant', content: result.content },
      { role: 'user', content: 'and?' },
    ];
    const { body } = translateRequest('gemini', { messages }, { model: 'gemini-3-pro', messageId: 'm' });
    expect((body['contents'] as { parts: JsonObject[] }[])[1]?.parts).toMatchObject([
      { functionCall: { name: 'f' }, thoughtSignature: 'SIG1' },
      { functionCall: { name: 'g' } },
      { text: 'so', thoughtSignature: 'IGNORED?' },
      { functionCall: { name: 'h' }, thoughtSignature: 'SIG2' },
    ]);
  });

  it('[C13] TR-103 make no block of their own behind a text: Claude Code would take the answer for an empty one', () => {
    const result = answer(chunk([{ text: 'Hello' }]), last('STOP', [{ text: '', thoughtSignature: 'SIG' }]));
    expect(result.content).toEqual([{ type: 'text', text: 'Hello' }]);
    expect(whole('gemini', last('STOP', [{ text: 'Hello', thoughtSignature: 'SIG' }]))).toMatchObject({
      content: [
        { type: 'thinking', thinking: '' },
        { type: 'text', text: 'Hello' },
      ],
    });
  });

  it('[C13] TR-103 that come alone wait for the part after them', () => {
    const result = answer(chunk([{ text: '', thoughtSignature: 'SIG' }]), chunk([{ text: '', thought: true }, call('f')]), last());
    expect(result.content.map((block) => block['type'])).toEqual(['thinking', 'tool_use']);
    expect(payload(result.content[0])).toBe('call:SIG');
    const thought = answer(chunk([{ text: 'hm', thought: true }]), chunk([{ text: '', thoughtSignature: 'SIG' }, call('f')]), last());
    expect(payload(thought.content[0])).toBe('thought:SIG');
  });
});

describe('the end', () => {
  it.each([
    ['STOP', 'end_turn'],
    ['MAX_TOKENS', 'max_tokens'],
    ['SAFETY', 'refusal'],
    ['RECITATION', 'refusal'],
    ['BLOCKLIST', 'refusal'],
    ['PROHIBITED_CONTENT', 'refusal'],
    ['SPII', 'refusal'],
    ['OTHER', 'end_turn'],
    ['FINISH_REASON_UNSPECIFIED', 'end_turn'],
    ['NEW_REASON', 'end_turn'],
  ])('[C13] TR-86 TR-101 TR-102 for %s is %s', (reason, stopReason) => {
    expect(answer(chunk([{ text: 'x' }]), last(reason))).toMatchObject({ violations: [], stopReason });
  });

  it('[C13] TR-87 TR-88 is tool_use after calls, unless the model was cut off', () => {
    expect(answer(chunk([call('f')]), last('STOP')).stopReason).toBe('tool_use');
    expect(answer(chunk([call('f')]), last('MAX_TOKENS')).stopReason).toBe('max_tokens');
  });

  it('[C13] TR-101 of a prompt that was blocked is a refusal', () => {
    const blocked = { promptFeedback: { blockReason: 'SAFETY', blockReasonMessage: 'why' }, usageMetadata: { promptTokenCount: 8 } };
    expect(answer(blocked)).toMatchObject({
      violations: [],
      content: [],
      stopReason: 'refusal',
      usage: { input_tokens: 8, output_tokens: 0 },
    });
    expect(whole('gemini', { ...blocked, candidates: [] })).toMatchObject({ content: [], stop_reason: 'refusal' });
    expect(answer(last('OTHER', []))).toMatchObject({ content: [], stopReason: 'refusal' });
  });

  it.each(['MALFORMED_FUNCTION_CALL', 'UNEXPECTED_TOOL_CALL', 'TOO_MANY_TOOL_CALLS', 'MALFORMED_RESPONSE'])(
    '[C13] TR-105 for %s is an error that names it, so that the call is made again',
    (reason) => {
      const result = answer(chunk([{ text: 'x' }]), last(reason));
      expect(result).toMatchObject({ violations: [], error: { type: 'api_error' }, stopReason: undefined });
      expect(result.error?.message).toContain(reason);
    },
  );

  it('[C13] TR-91 TR-94 comes once, when the stream ends, whatever reasons came before', () => {
    const result = answer(last('STOP', [{ text: 'a' }]), last('STOP', [{ text: 'b' }]), { candidates: [{ finishReason: 'RECITATION' }] });
    expect(seen(result)).toMatchObject({ violations: [], text: 'ab', stopReason: 'refusal' });
  });

  it('[C13] TR-95 TR-96 TR-100 tolerates empty events and an answer without content', () => {
    const empty = { candidates: [], usageMetadata: { trafficType: 'ON_DEMAND' } };
    expect(answer(empty, { candidates: [{ finishReason: 'STOP' }] })).toMatchObject({
      violations: [],
      content: [],
      stopReason: 'end_turn',
      usage: { input_tokens: 7, output_tokens: 0 },
    });
  });
});

describe('what goes wrong', () => {
  it('[C13] TR-116 is an error when the connection breaks, whatever came before', () => {
    const stream = createAnswerStream('gemini', contextFor('gemini'));
    const text = stream.push(event(last('STOP', [{ text: 'half' }]))) + stream.fail('api_error', 'the connection broke');
    expect(readStream(text)).toMatchObject({ violations: [], error: { message: 'the connection broke' }, stopReason: undefined });
  });

  it('[C13] TR-116 TR-117 is never a good end: no reason, nothing, HTML, not JSON, another shape, a bomb', () => {
    const text = (value: string): Buffer[] => [Buffer.from(value)];
    const bomb = Buffer.from(`data: {"candidates":[{"content":{"parts":[{"text":"${'x'.repeat(17 * 1024 * 1024)}`);
    for (const chunks of [
      [event(chunk([{ text: 'half' }]))],
      [],
      text('<html>502</html>'),
      text('data: {"candi\n\n'),
      text('data: 1\n\n'),
      [bomb, bomb],
    ])
      expect(streamed('gemini', chunks)).toMatchObject({ violations: [], error: { type: 'api_error' }, stopReason: undefined });
    for (const body of ['{}', '[]', '[{}]', '{"candidates":[{}]}', 'null', '<p>no</p>'])
      expect(whole('gemini', body)).toMatch(/^api_error: /);
  });

  it('[C13] TR-115 ends with the error inside a stream, and nothing after it', () => {
    const error = { error: { code: 503, message: 'The model is overloaded.', status: 'UNAVAILABLE' } };
    expect(answer(chunk([{ text: 'x' }]), error, last())).toMatchObject({
      violations: [],
      error: { type: 'overloaded_error', message: 'The model is overloaded.' },
    });
    expect(streamed('gemini', [Buffer.from(JSON.stringify([error]))])).toMatchObject({
      violations: [],
      error: { type: 'overloaded_error' },
    });
    expect(whole('gemini', error)).toBe('overloaded_error: The model is overloaded.');
  });

  it("[C13] TR-112 TR-113 TR-117 reads Google's errors, alone or in a list, and when to come back", () => {
    const error = {
      code: 429,
      message: 'You exceeded your current quota.',
      status: 'RESOURCE_EXHAUSTED',
      details: [{ '@type': 'type.googleapis.com/google.rpc.RetryInfo', retryDelay: '34.4s' }],
    };
    for (const body of [{ error }, [{ error }]])
      expect(
        translateError({ status: 429, headers: {}, body: Buffer.from(JSON.stringify(body)) }, { api: 'gemini', now: 0 }),
      ).toMatchObject({
        status: 429,
        type: 'rate_limit_error',
        message: 'You exceeded your current quota.',
        retryAfter: 35,
      });
  });

  it('[C13] TR-114 says that a prompt is too long as the client knows it', () => {
    const message = 'The input token count (1200293) exceeds the maximum number of tokens allowed (1048576).';
    const body = Buffer.from(JSON.stringify([{ error: { code: 400, message, status: 'INVALID_ARGUMENT' } }]));
    expect(translateError({ status: 400, headers: {}, body }, { api: 'gemini', now: 0 })).toMatchObject({
      status: 400,
      type: 'invalid_request_error',
      message: 'prompt is too long: 1200293 tokens > 1048576 maximum',
    });
  });
});

describe('parts of Gemini alone', () => {
  it('[C13] shows code it ran, and names media nobody can pass on', () => {
    const result = answer(
      chunk([
        { executableCode: { language: 'PYTHON', code: 'print(1)' } },
        { codeExecutionResult: { outcome: 'OUTCOME_OK', output: '1\n' } },
      ]),
      chunk([{ inlineData: { mimeType: 'image/png', data: 'x' } }, { unknownPart: {} }, 'odd' as never]),
      last(),
    );
    expect(seen(result)).toMatchObject({
      violations: [],
      text: '\n```python\nprint(1)\n```\n\n```\n1\n\n```\n[The model answered with image/png, which cannot be passed on.]',
    });
  });

  it('[C13] TR-39 TR-109 names what its search found as the web_search tool does', () => {
    const groundingMetadata = {
      webSearchQueries: ['weather', 'time'],
      groundingChunks: [{ web: { uri: 'https://a.example', title: 'A' } }, { web: { uri: 'https://b.example' } }, { maps: {} }],
    };
    const result = answer(chunk([{ text: 'Sunny' }]), chunk([], { finishReason: 'STOP', groundingMetadata }));
    expect(result).toMatchObject({ violations: [], stopReason: 'end_turn' });
    expect(result.content).toMatchObject([
      { type: 'text', text: 'Sunny' },
      { type: 'server_tool_use', name: 'web_search', input: { query: 'weather; time' } },
      {
        type: 'web_search_tool_result',
        tool_use_id: result.content[1]?.['id'],
        content: [
          { type: 'web_search_result', title: 'A', url: 'https://a.example' },
          { type: 'web_search_result', title: 'https://b.example', url: 'https://b.example' },
        ],
      },
    ]);
  });
});
