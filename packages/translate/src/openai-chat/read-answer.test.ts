import type { JsonObject } from '@ccproxy/wire';
import { describe, expect, it } from 'vitest';
import type { AnswerContext } from '../answer/answer-context.js';
import { decodeForeignSignature } from '../core/foreign-signature.js';
import { createToolNames, openaiToolNames } from '../core/tool-names.js';
import { createAnswerStream } from '../create-answer-stream.js';
import { contextFor, seen, streamed, whole } from '../testing/answer-bed.js';

const sse = (event: unknown): Buffer => Buffer.from(`data: ${typeof event === 'string' ? event : JSON.stringify(event)}\n\n`);
const chunk = (delta: unknown, more: JsonObject = {}): JsonObject => ({
  model: 'gpt-x',
  choices: [{ index: 0, delta, finish_reason: null, ...more }],
});
const stop = (reason: string, more: JsonObject = {}): JsonObject => chunk({}, { finish_reason: reason, ...more });
const call = (more: JsonObject, args = ''): JsonObject => ({
  tool_calls: [{ ...more, function: { name: more['name'], arguments: args } }],
});
const answer = (events: readonly unknown[], more: Partial<AnswerContext> = {}) => {
  const result = streamed('openai-chat', events.map(sse), more);
  return { ...seen(result), content: result.content };
};
const ended = (events: readonly unknown[], more: Partial<AnswerContext> = {}) => answer([...events, stop('stop'), '[DONE]'], more);
const kinds = (content: readonly JsonObject[]): unknown[] => content.map((block) => block['type']);

describe('blocks', () => {
  it('[C13] TR-66 TR-98 begins with the asked model, its own id and an estimate, and names the exact counts at the end', () => {
    const result = streamed('openai-chat', [chunk({ role: 'assistant', content: 'hi' }), stop('stop'), '[DONE]'].map(sse), {
      inputEstimate: 4321,
    });
    expect(result.start).toMatchObject({
      id: 'msg_test',
      model: 'claude-asked',
      content: [],
      stop_reason: null,
      usage: { input_tokens: 4321 },
    });
    const exact = ended([chunk({ content: 'hi' }), { choices: [], usage: { prompt_tokens: 9, completion_tokens: 3 } }]);
    expect(exact.usage).toMatchObject({ input_tokens: 9, output_tokens: 3 });
  });

  it('[C13] passes each delta on before the next one comes', () => {
    const stream = createAnswerStream('openai-chat', contextFor('openai-chat'));
    expect(stream.push(sse(chunk({ content: 'one' })))).toContain('"text":"one"');
    for (const word of ['two', 'th"ree', 'four\\', 'fünf 🚀'])
      expect(stream.push(sse(chunk({ content: word })))).toContain(JSON.stringify(word));
    expect(stream.push(sse(chunk(call({ index: 0, id: 'a', name: 'f' }, '{"x":'))))).toContain('"partial_json":"{\\"x\\":"');
    expect(stream.push(sse(chunk(call({ index: 0 }, '"long'))))).toContain('long');
  });

  it('[C13] TR-76 TR-82 TR-83 opens a new block when the kind changes', () => {
    const { content, violations } = ended([
      chunk({ reasoning_content: 'a' }),
      chunk({ content: 'b' }),
      chunk(call({ index: 0, id: 'c1', name: 'f' }, '{}')),
      chunk({ content: 'c' }),
      chunk({ reasoning_content: 'd' }),
    ]);
    expect(violations).toEqual([]);
    expect(kinds(content)).toEqual(['thinking', 'text', 'tool_use', 'text', 'thinking']);
  });

  it('[C13] TR-77 TR-78 takes a chunk with everything at once apart', () => {
    const delta = {
      reasoning_content: 'think',
      content: 'say',
      tool_calls: [{ index: 0, id: 'c', function: { name: 'f', arguments: '{"a":1}' } }],
    };
    const { content, stopReason, usage } = answer([
      { ...chunk(delta, { finish_reason: 'tool_calls' }), usage: { prompt_tokens: 5, completion_tokens: 2 } },
    ]);
    expect(kinds(content)).toEqual(['thinking', 'text', 'tool_use']);
    expect(stopReason).toBe('tool_use');
    expect(usage).toMatchObject({ input_tokens: 5, output_tokens: 2 });
  });

  it('[C13] TR-79 reads reasoning under any of its names, once', () => {
    expect(ended([chunk({ reasoning: 'x', reasoning_details: [{ type: 'reasoning.text', text: 'x' }] })]).thinking).toBe('x');
    expect(ended([chunk({ reasoning_details: [{ type: 'reasoning.summary', summary: 's' }] })]).thinking).toBe('s');
    expect(ended([chunk({ reasoning_content: 'y', content: null })]).thinking).toBe('y');
  });

  it('[C13] TR-80 reads a leading <think> as thinking, wherever it is cut, and leaves other tags alone', () => {
    const text = '\n<think>deep\nthought</think>\n\nanswer <think>no</think>';
    for (const size of [1, 3, 7, 100]) {
      const parts = text.match(new RegExp(`[\\s\\S]{1,${size}}`, 'g')) ?? [];
      expect(ended(parts.map((part) => chunk({ content: part })))).toMatchObject({
        thinking: 'deep\nthought',
        text: 'answer <think>no</think>',
      });
    }
    expect(ended([chunk({ content: '<thin' })]).text).toBe('<thin');
    expect(ended([chunk({ content: '<think>open' })])).toMatchObject({ thinking: 'open', text: '' });
    expect(ended([chunk({ content: '<think>x</think>y' })], { thinkTags: false }).text).toBe('<think>x</think>y');
    expect(ended([chunk({ content: ' '.repeat(300) }), chunk({ content: 'x' })]).text).toBe(`${' '.repeat(300)}x`);
  });

  it('[C13] TR-81 reads content in parts', () => {
    const content = [
      { type: 'thinking', thinking: [{ type: 'text', text: 'hm' }] },
      { type: 'text', text: 'ok' },
      'odd',
      { type: 'reference' },
    ];
    expect(ended([chunk({ content }), chunk({ content: [{ type: 'thinking', thinking: '!' }] })])).toMatchObject({
      thinking: 'hm!',
      text: 'ok',
    });
  });

  it('[C23] TR-84 signs thinking with its origin and nothing else', () => {
    const [block] = ended([chunk({ reasoning_content: 'x' }), chunk({ content: 'y' })], { family: 'deepseek' }).content;
    expect(decodeForeignSignature(String(block?.['signature']))).toEqual({ family: 'deepseek', payload: '' });
  });

  it('[C23] TR-85 carries reasoning_details that hold more than text in the signature', () => {
    const details = (more: JsonObject): JsonObject => chunk({ reasoning_details: [{ type: 'reasoning.text', index: 0, ...more }] });
    const { content } = ended([details({ text: 'a' }), details({ text: 'b', signature: 'SIG' }), chunk({ content: 'out' })]);
    const payload = decodeForeignSignature(String(content[0]?.['signature']))?.payload ?? '';
    expect(JSON.parse(payload)).toEqual([{ type: 'reasoning.text', index: 0, text: 'ab', signature: 'SIG' }]);
    const secret = ended([
      chunk({ reasoning_details: [{ type: 'reasoning.encrypted', data: 'D' }] }),
      chunk(call({ index: 0, id: 'c', name: 'f' }, '{}')),
    ]);
    expect(kinds(secret.content)).toEqual(['thinking', 'tool_use']);
    const bomb = ended([chunk({ reasoning_details: [{ data: 'x'.repeat(2_000_000) }] }), chunk({ content: 'out' })]);
    expect(JSON.stringify(bomb.content).length).toBeLessThan(1000);
  });
});

describe('calls', () => {
  const f = (index: number, id: string | undefined, args: string, name: string | undefined = 'f'): JsonObject =>
    chunk(call({ index, ...(id === undefined ? {} : { id }), name }, args));

  it('[C13] TR-68 puts interleaved calls one behind the other', () => {
    const { content, violations } = ended([f(0, 'a', '{"n":'), f(1, 'b', '{"n":'), f(0, undefined, '1}', ''), f(1, undefined, '2}', '')]);
    expect(violations).toEqual([]);
    expect(content).toMatchObject([
      { id: 'a', input: { n: 1 } },
      { id: 'b', input: { n: 2 } },
    ]);
  });

  it('[C13] TR-69 tells calls apart that all have index 0', () => {
    expect(ended([f(0, 'a', '{"n":1}'), f(0, 'b', '{"n":2}')]).calls).toHaveLength(2);
    expect(ended([f(0, undefined, '{"n":1}'), f(0, undefined, '{"n":2}')]).calls).toEqual([
      { name: 'f', input: { n: 1 } },
      { name: 'f', input: { n: 2 } },
    ]);
  });

  it('[C13] TR-69 TR-72 follows servers without index, by id or by name', () => {
    const bare = (id: string | undefined, name: string | undefined, args: string): JsonObject =>
      chunk({
        tool_calls: [{ ...(id === undefined ? {} : { id }), function: { ...(name === undefined ? {} : { name }), arguments: args } }],
      });
    expect(ended([bare('a', 'f', '{"n"'), bare('a', undefined, ':1}'), bare('b', 'g', '{}')]).calls).toEqual([
      { name: 'f', input: { n: 1 } },
      { name: 'g', input: {} },
    ]);
    expect(ended([bare(undefined, 'f', '{"n"'), bare(undefined, undefined, ':1}'), bare(undefined, 'g', '{}')]).calls).toHaveLength(2);
  });

  it('[C13] TR-70 keeps the first name that is not empty', () => {
    expect(ended([f(0, 'a', '', ''), f(0, 'a', '{}', 'Bash'), f(0, undefined, '', ''), f(0, 'a', '', 'Bash')]).calls).toEqual([
      { name: 'Bash', input: {} },
    ]);
  });

  it('[C13] TR-71 waits for a name, and drops a call that never gets one', () => {
    expect(ended([f(0, 'a', '{"x":1}', ''), f(0, undefined, '', 'Bash')]).calls).toEqual([{ name: 'Bash', input: { x: 1 } }]);
    expect(ended([f(0, 'a', '{"x":1}', ''), chunk({ content: 'so' })])).toMatchObject({ calls: [], text: 'so', stopReason: 'end_turn' });
    expect(answer([f(0, 'a', '{"x":1}', ''), stop('tool_calls')])).toMatchObject({ calls: [], stopReason: 'end_turn' });
  });

  it('[C13] TR-72 TR-38 makes missing, double and odd ids unique and legal', () => {
    const { content } = ended([
      f(0, undefined, '{}'),
      f(1, 'same', '{}'),
      f(2, 'same', '{}'),
      f(3, 'functions.Bash:0', '{}'),
      f(4, `x`.repeat(300), '{}'),
    ]);
    const ids = content.map((block) => String(block['id']));
    expect(new Set(ids).size).toBe(5);
    expect(ids[1]).toBe('same');
    for (const id of ids) expect(id).toMatch(/^[A-Za-z0-9_-]{1,128}$/);
  });

  it('[C13] TR-73 a call without arguments has the input {}', () => {
    for (const args of ['', '{}', ' ', 'null', '""', '{ }']) expect(ended([f(0, 'a', args)]).calls).toEqual([{ name: 'f', input: {} }]);
    expect(ended([chunk({ tool_calls: [{ index: 0, id: 'a', function: { name: 'f' } }] })]).calls).toEqual([{ name: 'f', input: {} }]);
  });

  it('[C13] TR-74 sends arguments once that come cumulative, twice or behind a placeholder', () => {
    const one = [{ name: 'f', input: { a: [1, 2] } }];
    expect(ended([f(0, 'a', '{"a"'), f(0, 'a', '{"a":[1,'), f(0, 'a', '{"a":[1,2]}')]).calls).toEqual(one);
    expect(ended([f(0, 'a', '{"a":[1,2]}'), f(0, 'a', '{"a":[1,2]}')]).calls).toEqual(one);
    expect(ended([f(0, 'a', '{"a":[1,2]}{"a":[1,2]}')]).calls).toEqual(one);
    expect(ended([f(0, 'a', '{}'), f(0, undefined, '{"a":', ''), f(0, undefined, '[1,2]}', '')]).calls).toEqual(one);
    expect(ended([chunk({ tool_calls: [{ index: 0, id: 'a', function: { name: 'f', arguments: { a: [1, 2] } } }] })]).calls).toEqual(one);
  });

  it.each([
    ['a trailing comma', '{"a":1,}', { a: 1 }],
    ['a missing bracket', '{"a":[1,{"b":2}', { a: [1, { b: 2 }] }],
    ['too many brackets', '{"a":1}}]', { a: 1 }],
    ['a raw line break', '{"a":"x\ny"}', { a: 'x\ny' }],
    ['an odd escape', '{"a":"it\\\'s"}', { a: "it's" }],
    ['single quotes', `{'a':'say "x"'}`, { a: 'say "x"' }],
    ["Python's words", '{"a":True,"b":None}', { a: true, b: null }],
    ['bare keys', '{a:1}', { a: 1 }],
    ['a code fence', '```json\n{"a":1}\n```', { a: 1 }],
    ['one encoding too many', '"{\\"a\\":1}"', { a: 1 }],
  ])('[C13] TR-75 repairs %s', (_what, args, input) => {
    for (const parts of [[args], args.split('')])
      expect(ended([f(0, 'a', ''), ...parts.map((part) => f(0, undefined, part, ''))])).toMatchObject({
        violations: [],
        error: undefined,
        calls: [{ name: 'f', input }],
      });
  });

  it.each(['{"a":"never ends', '{"a":1}{"b":2}', '[1]', 'rm -rf', '{"a" 1}', '{"a":hello}', '{"a":1,,"b":2}', '7'])(
    '[C13] TR-75 ends as an error what it cannot repair: %s',
    (args) => {
      const result = ended([f(0, 'a', args)]);
      expect(result).toMatchObject({
        violations: [],
        error: { type: 'api_error', message: expect.stringContaining('not a JSON object') as unknown },
      });
      expect(whole('openai-chat', { choices: [{ message: call({ id: 'a', name: 'f' }, args), finish_reason: 'tool_calls' }] })).toContain(
        'api_error',
      );
    },
  );

  it('[C13] TR-87 TR-88 a call decides the stop reason, and one that was cut is marked', () => {
    expect(answer([f(0, 'a', '{"x":1}'), stop('stop')]).stopReason).toBe('tool_use');
    for (const [args, input] of [
      ['{"path":"/a","text":"half a', { path: '/a', text: 'half a', __truncated: true }],
      ['{"path":', { path: null, __truncated: true }],
      ['{"pa', { pa: null, __truncated: true }],
      ['{"a":[1,', { a: [1, null], __truncated: true }],
      ['{"a":{"b":1,', { a: { b: 1, '': null }, __truncated: true }],
      ['{"a":tr', { a: true, __truncated: true }],
      ['{"a":1.', { a: 1, __truncated: true }],
      ['{"a":"x\\u00', { a: 'x\u0000', __truncated: true }],
      ['{"a":1,', { a: 1, __truncated: true }],
      ['{', { __truncated: true }],
      ['', { __truncated: true }],
      ['{"a":1}', { a: 1 }],
    ] as const)
      expect(answer([f(0, 'a', args), stop('length')])).toMatchObject({
        stopReason: 'max_tokens',
        violations: [],
        calls: [{ name: 'f', input }],
      });
  });

  it('[C13] TR-23 gives shortened names back', () => {
    const toolNames = createToolNames(openaiToolNames);
    const long = `mcp__${'x'.repeat(90)}`;
    const sent = toolNames.toUpstream(long);
    expect(ended([f(0, 'a', '{}', sent)], { toolNames }).calls).toEqual([{ name: long, input: {} }]);
  });

  it('reads the older function_call', () => {
    expect(
      answer([
        chunk({ function_call: { name: 'f', arguments: '{"a"' } }),
        chunk({ function_call: { arguments: ':1}' } }),
        stop('function_call'),
      ]),
    ).toMatchObject({
      calls: [{ name: 'f', input: { a: 1 } }],
      stopReason: 'tool_use',
    });
  });
});

describe('the end', () => {
  it.each([
    ['stop', 'end_turn'],
    ['length', 'max_tokens'],
    ['tool_calls', 'end_turn'],
    ['function_call', 'end_turn'],
    ['content_filter', 'refusal'],
    ['unheard_of', 'end_turn'],
  ])('[C13] TR-86 %s without calls is %s', (reason, expected) => {
    expect(answer([chunk({ content: 'x' }), stop(reason)]).stopReason).toBe(expected);
  });

  it('[C13] TR-86 a whole answer without a reason is whole', () => {
    expect(whole('openai-chat', { choices: [{ message: { content: 'x' }, finish_reason: null }] })).toMatchObject({
      stop_reason: 'end_turn',
    });
  });

  it('[C13] TR-89 names the sequence that was met', () => {
    const result = streamed('openai-chat', [chunk({ content: 'x' }), stop('stop', { stop_reason: 'END' })].map(sse), {
      stopSequences: ['END'],
    });
    expect(result).toMatchObject({ stopReason: 'stop_sequence', stopSequence: 'END' });
    expect(answer([chunk({ content: 'x' }), stop('stop', { stop_reason: 128_001 })]).stopReason).toBe('end_turn');
  });

  it('[C13] TR-90 a refusal is text and a refusal', () => {
    expect(answer([chunk({ refusal: 'I will ' }), chunk({ refusal: 'not' }), stop('stop')])).toMatchObject({
      text: 'I will not',
      stopReason: 'refusal',
    });
  });

  it('[C13] TR-91 TR-92 TR-93 TR-94 writes one end with the last counts, and nothing behind it', () => {
    const usage = (output: number): JsonObject => ({ usage: { prompt_tokens: 8, completion_tokens: output } });
    const events = [
      { ...chunk({ content: 'x' }), ...usage(1) },
      stop('stop'),
      { ...stop('stop'), ...usage(2) },
      { choices: [], ...usage(3) },
      '[DONE]',
      { choices: [], ...usage(99) },
    ];
    expect(answer(events)).toMatchObject({ violations: [], text: 'x', usage: { output_tokens: 3 } });
  });

  it('[C13] TR-95 TR-96 takes a first chunk without choices, and an answer without content', () => {
    expect(answer([{ choices: [], prompt_filter_results: [] }, stop('stop'), '[DONE]'])).toMatchObject({
      violations: [],
      content: [],
      stopReason: 'end_turn',
      error: undefined,
    });
    expect(whole('openai-chat', { choices: [{ message: { content: null }, finish_reason: 'stop' }] })).toMatchObject({
      content: [],
      stop_reason: 'end_turn',
    });
  });

  it('[C13] TR-97 TR-99 counts what was read from a cache, wherever the provider says so', () => {
    const of = (usage: JsonObject): unknown => ended([{ choices: [], usage }]).usage;
    expect(of({ prompt_tokens: 100, completion_tokens: 5, prompt_tokens_details: { cached_tokens: 60, cache_write_tokens: 10 } })).toEqual({
      input_tokens: 30,
      cache_read_input_tokens: 60,
      cache_creation_input_tokens: 10,
      output_tokens: 5,
    });
    expect(of({ prompt_tokens: 100, completion_tokens: 5, prompt_cache_hit_tokens: 64 })).toMatchObject({
      input_tokens: 36,
      cache_read_input_tokens: 64,
    });
    expect(of({ prompt_tokens: -1, completion_tokens: 1.5 })).toMatchObject({ input_tokens: 7 });
    expect(ended([{ choices: [], x_groq: { usage: { prompt_tokens: 3, completion_tokens: 1 } } }]).usage).toMatchObject({
      input_tokens: 3,
    });
  });

  it('[C13] TR-100 estimates what nobody counted, and says so', () => {
    const stream = createAnswerStream('openai-chat', contextFor('openai-chat', { inputEstimate: 50 }));
    stream.push(sse(chunk({ content: 'twelve chars' })));
    stream.push(sse(stop('stop')));
    expect(stream.end()).toContain('"output_tokens":3');
    expect(stream.report()).toMatchObject({
      estimated: true,
      incomplete: true,
      sawMessageStop: true,
      stopReason: 'end_turn',
      usage: { inputTokens: 50 },
      model: 'gpt-x',
    });
  });

  it('does not repeat a message that comes whole with the last chunk', () => {
    const last = { choices: [{ index: 0, message: { content: 'hello' }, finish_reason: 'stop' }] };
    expect(answer([chunk({ content: 'hello' }), last]).text).toBe('hello');
    expect(answer([last]).text).toBe('hello');
  });
});

describe('what goes wrong', () => {
  it('[C13] TR-115 an error in the stream ends it, before or after content', () => {
    const error = { error: { message: 'Provider returned error', code: 502, metadata: { raw: 'upstream gone' } } };
    const early = streamed('openai-chat', [sse(error)]);
    expect(early).toMatchObject({ start: undefined, error: { type: 'api_error', message: 'Provider returned error: upstream gone' } });
    expect(answer([chunk({ content: 'x' }), error, chunk({ content: 'y' }), stop('stop')])).toMatchObject({
      text: 'x',
      error: { type: 'api_error' },
      violations: [],
    });
    expect(answer([{ error: { message: 'slow down', type: 'rate_limit_error' } }]).error?.type).toBe('rate_limit_error');
    expect(answer([{ x_groq: { error: 'boom' }, choices: [] }]).error?.message).toBe('boom');
    expect(seen(streamed('openai-chat', [Buffer.from('event: error\ndata: {"message":"bad"}\n\n')])).error?.message).toBe('bad');
  });

  it('[C13] TR-115 TR-116 reasons that are errors, and errors without that name', () => {
    expect(answer([chunk({ content: 'x' }), stop('error')]).error?.type).toBe('api_error');
    expect(answer([chunk({ content: 'x' }), stop('insufficient_system_resource')]).error?.type).toBe('overloaded_error');
    const vllm = { object: 'error', message: 'bad request', type: 'BadRequestError', code: 400 };
    expect(answer([vllm]).error).toEqual({ type: 'invalid_request_error', message: 'bad request' });
  });

  it('[C13] TR-116 an end without a reason is an error', () => {
    for (const events of [
      [],
      [chunk({ content: 'x' }, { finish_reason: '' })],
      [chunk({ content: 'x' })],
      [chunk(call({ index: 0, id: 'a', name: 'f' }, '{}'))],
    ])
      expect(answer(events).error?.type).toBe('api_error');
    const torn = createAnswerStream('openai-chat', contextFor('openai-chat'));
    torn.push(sse(chunk({ content: 'x' })));
    expect(torn.fail('api_error', 'connection lost')).toContain('event: error');
    expect(torn.ended).toBe(true);
    expect(torn.push(sse(stop('stop'))) + torn.end() + torn.fail('api_error', 'again')).toBe('');
    expect(torn.report()).toMatchObject({ sawError: true, error: { message: 'connection lost' } });
  });

  it('a connection that breaks behind the whole answer breaks nothing', () => {
    const stream = createAnswerStream('openai-chat', contextFor('openai-chat'));
    stream.push(sse(chunk({ content: 'x' })));
    expect(stream.complete).toBe(false);
    stream.push(sse(stop('stop')));
    expect([stream.complete, stream.ended]).toEqual([true, false]);
    expect(stream.fail('api_error', 'reset')).toContain('message_stop');
  });

  it('[C13] TR-117 HTML, text, JSON and nothing in the place of a stream', () => {
    const raw = (text: string) => seen(streamed('openai-chat', [Buffer.from(text)]));
    expect(raw('<html><head><style>x</style></head><body><h1>502 Bad Gateway</h1></body></html>').error?.message).toContain(
      '502 Bad Gateway',
    );
    expect(raw('{"error":{"message":"no credit","type":"insufficient_quota"}}').error).toEqual({
      type: 'rate_limit_error',
      message: 'no credit',
    });
    expect(raw('{"object":"list"}').error?.type).toBe('api_error');
    expect(raw('').error?.message).toContain('empty');
    expect(raw('Internal Server Error').error?.type).toBe('api_error');
    expect(raw('data: {"choices":[{"delta":{"content":"x"}\n\n').error?.message).toContain('not JSON');
    const json = '{"choices":[{"message":{"content":"not streamed"},"finish_reason":"stop"}]}';
    expect(raw(` \n${json}`)).toMatchObject({ text: 'not streamed', stopReason: 'end_turn' });
    expect(whole('openai-chat', '<html>x</html>')).toContain('HTML');
    expect(whole('openai-chat', { detail: [{ msg: 'bad' }] })).toBe('api_error: [{"msg":"bad"}]');
  });

  it('[C13] bounds what a provider can make it hold', () => {
    const line = createAnswerStream('openai-chat', contextFor('openai-chat'));
    const piece = Buffer.alloc(1024 * 1024, 'x');
    line.push(Buffer.from('data: '));
    let out = '';
    for (let sent = 0; sent < 20 && !line.ended; sent += 1) out += line.push(piece);
    expect(out).toContain('too large');

    const calls = createAnswerStream('openai-chat', contextFor('openai-chat'));
    for (let index = 0; index < 2000 && !calls.ended; index += 1) calls.push(sse(chunk(call({ index, id: `c${index}`, name: 'f' }, ''))));
    expect(calls.report().error?.message).toContain('more tool calls');

    const args = createAnswerStream('openai-chat', contextFor('openai-chat'));
    args.push(sse(chunk(call({ index: 0, id: 'a', name: 'f' }, '{"a":"'))));
    const long = sse(chunk(call({ index: 0 }, 'x'.repeat(4_000_000))));
    for (let sent = 0; sent < 12 && !args.ended; sent += 1) args.push(long);
    expect(args.report().error?.message).toContain('too large');

    const body = createAnswerStream('openai-chat', contextFor('openai-chat'));
    body.push(Buffer.from('{'));
    for (let sent = 0; sent < 40 && !body.ended; sent += 1) body.push(piece);
    expect(body.report().error?.message).toContain('too large');
  });
});
