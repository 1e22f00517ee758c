import type { JsonObject } from '@ccproxy/wire';
import { describe, expect, it } from 'vitest';
import { encodeForeignSignature } from '../core/foreign-signature.js';
import { translateRequest, type TranslateRequestOptions } from '../translate-request.js';
import { encodeThoughtSignature } from './thought-signature.js';

const png = 'iVBORw0KGgo=';
const image = { type: 'image', source: { type: 'base64', media_type: 'image/png', data: png } };
const tool = (name: string, schema: JsonObject = { type: 'object', properties: { q: { type: 'string' } }, required: ['q'] }) => ({
  name,
  description: `d ${name}`,
  input_schema: schema,
});
const call = (id: string, name = 'f', input: JsonObject = { q: 'a' }) => ({ type: 'tool_use', id, name, input });
const result = (id: string, content: unknown, extra: JsonObject = {}) => ({ type: 'tool_result', tool_use_id: id, content, ...extra });
const after = (assistant: unknown, user: unknown): JsonObject => ({
  tools: [tool('f'), tool('g')],
  messages: [
    { role: 'user', content: 'start' },
    { role: 'assistant', content: assistant },
    { role: 'user', content: user },
  ],
});

const translate = (body: JsonObject, options: Partial<TranslateRequestOptions> = {}) =>
  translateRequest(
    'gemini',
    { model: 'claude', max_tokens: 500, messages: [{ role: 'user', content: 'hi' }], ...body },
    { model: 'gemini-2.5-flash', messageId: 'msg_1', ...options },
  );
const bodyOf = (body: JsonObject, options: Partial<TranslateRequestOptions> = {}): JsonObject => translate(body, options).body;
const contents = (body: JsonObject, options: Partial<TranslateRequestOptions> = {}): unknown => bodyOf(body, options)['contents'];
const config = (body: JsonObject, model = 'gemini-2.5-flash'): JsonObject => bodyOf(body, { model })['generationConfig'] as JsonObject;

describe('conversation', () => {
  it('[C13] TR-1 TR-2 TR-3 TR-4 puts the system texts into systemInstruction, each for itself, without attribution and cache marks', () => {
    const system = [
      { type: 'text', text: 'x-anthropic-billing-header: cc_version=2;' },
      { type: 'text', text: 'ONE', cache_control: { type: 'ephemeral' } },
      { type: 'text', text: '' },
      { type: 'text', text: 'TWO' },
    ];
    expect(bodyOf({ system })['systemInstruction']).toEqual({ parts: [{ text: 'ONE' }, { text: 'TWO' }] });
    expect(bodyOf({ system: '' })).not.toHaveProperty('systemInstruction');
  });

  it('[C13] TR-5 TR-12 keeps a system message at its place, within the turn of the user', () => {
    const messages = [
      { role: 'user', content: 'one' },
      { role: 'system', content: 'MID' },
      { role: 'user', content: 'two' },
      { role: 'assistant', content: 'yes' },
    ];
    expect(contents({ messages })).toEqual([
      { role: 'user', parts: [{ text: 'one' }, { text: '<system-reminder>\nMID\n</system-reminder>' }, { text: 'two' }] },
      { role: 'model', parts: [{ text: 'yes' }] },
    ]);
  });

  it('[C13] TR-12 lets the user begin when a conversation begins with the assistant', () => {
    const messages = [
      { role: 'assistant', content: 'hello' },
      { role: 'user', content: 'hi' },
    ];
    expect((contents({ messages }) as { role: string }[]).map(({ role }) => role)).toEqual(['user', 'model', 'user']);
  });

  it('[C13] TR-7 TR-9 passes pictures and PDF files as inlineData', () => {
    const pdf = { type: 'document', source: { type: 'base64', media_type: 'application/pdf', data: 'JVBERi0xLjQK' } };
    expect(contents({ messages: [{ role: 'user', content: [image, pdf, { type: 'text', text: 'look' }] }] })).toEqual([
      {
        role: 'user',
        parts: [
          { inlineData: { mimeType: 'image/png', data: png } },
          { inlineData: { mimeType: 'application/pdf', data: 'JVBERi0xLjQK' } },
          { text: 'look' },
        ],
      },
    ]);
  });

  it('[C13] TR-8 refuses a picture by URL and says what to send', () => {
    const remote = { type: 'image', source: { type: 'url', url: 'https://example.com/a.png' } };
    expect(() => bodyOf({ messages: [{ role: 'user', content: [remote] }] })).toThrow(/no image by URL; send its bytes as a base64 source/);
  });

  it('[C13] TR-7 leaves a note in the place of a picture of a type Gemini refuses, and lists it', () => {
    const gif = { type: 'image', source: { type: 'base64', media_type: 'image/gif', data: 'R0lG' } };
    const translated = translate({ messages: [{ role: 'user', content: [gif] }] });
    expect(translated.dropped).toEqual(['image/gif']);
    expect(JSON.stringify(translated.body)).toContain('A picture of the type image/gif stood here');
    expect(() => translate({ messages: [{ role: 'user', content: [gif] }] }, { strict: true })).toThrow(/cannot take: image\/gif/);
  });

  it('[C13] TR-31 TR-32 TR-62 answers calls by name, all results first, as objects', () => {
    const body = after(
      [{ type: 'text', text: 'ok' }, call('toolu_1'), call('toolu_2', 'g')],
      [{ type: 'text', text: 'and then' }, result('toolu_2', 'TWO'), result('toolu_1', [{ type: 'text', text: 'ONE' }])],
    );
    expect((contents(body) as unknown[])[2]).toEqual({
      role: 'user',
      parts: [
        { functionResponse: { id: 'toolu_1', name: 'f', response: { output: 'ONE' } } },
        { functionResponse: { id: 'toolu_2', name: 'g', response: { output: 'TWO' } } },
        { text: 'and then' },
      ],
    });
  });

  it('[C13] TR-33 TR-34 TR-35 shows errors as errors, answers with nothing, and puts pictures behind all results', () => {
    const body = after(
      [call('a'), call('b'), call('c')],
      [result('a', 'boom', { is_error: true }), result('b', [{ type: 'text', text: 'see' }, image]), result('c', [])],
    );
    expect((contents(body) as { parts: unknown }[])[2]?.parts).toEqual([
      { functionResponse: { id: 'a', name: 'f', response: { error: 'boom' } } },
      { functionResponse: { id: 'b', name: 'f', response: { output: 'see' } } },
      { functionResponse: { id: 'c', name: 'f', response: { output: '' } } },
      { text: '[Part of the result of f:]' },
      { inlineData: { mimeType: 'image/png', data: png } },
    ]);
  });

  it('[C13] TR-30 TR-63 gives the first call of a turn a signature nobody has to check', () => {
    const [, model] = contents(after([call('a', 'f', {}), call('b')], [result('a', 'x'), result('b', 'y')])) as { parts: unknown }[];
    expect(model?.parts).toEqual([
      { functionCall: { id: 'a', name: 'f', args: {} }, thoughtSignature: 'skip_thought_signature_validator' },
      { functionCall: { id: 'b', name: 'f', args: { q: 'a' } } },
    ]);
  });

  it('[C13] [C23] TR-63 gives signatures back with the parts they came with, and nobody else sees them', () => {
    const signed = (part: 'call' | 'text' | 'thought', thinking = '') => ({
      type: 'thinking',
      thinking,
      signature: encodeForeignSignature({ family: 'gemini', payload: encodeThoughtSignature({ part, signature: `SIG-${part}` }) }),
    });
    const body = after(
      [signed('thought', 'because'), signed('text'), { type: 'text', text: 'so' }, signed('call'), call('a')],
      [result('a', 'x')],
    );
    const [, model] = contents(body) as { parts: unknown }[];
    expect(model?.parts).toEqual([
      { text: 'because', thought: true, thoughtSignature: 'SIG-thought' },
      { text: 'so', thoughtSignature: 'SIG-text' },
      { functionCall: { id: 'a', name: 'f', args: { q: 'a' } }, thoughtSignature: 'SIG-call' },
    ]);
    const elsewhere = JSON.stringify(translateRequest('ollama', body, { model: 'qwen3', messageId: 'm' }).body);
    expect(elsewhere).not.toMatch(/SIG-|ccp1|because/);
    expect(JSON.stringify(bodyOf(body, { family: 'gemini-other' }))).not.toMatch(/SIG-/);
  });

  it('[C13] TR-14 TR-16 TR-17 sends no thinking of others, nor any a user made up', () => {
    const foreign = { type: 'thinking', thinking: 'secret thoughts', signature: 'SIGSIGSIG' };
    const body = after(
      [{ type: 'redacted_thinking', data: 'RDCT' }, foreign, { type: 'text', text: 'answer' }],
      [foreign, { type: 'text', text: 'next' }],
    );
    expect(JSON.stringify(bodyOf(body))).not.toMatch(/secret|SIGSIG|RDCT/);
  });

  it('[C23] TR-63 ignores a payload of its own family that was changed', () => {
    const broken = { type: 'thinking', thinking: 'x', signature: encodeForeignSignature({ family: 'gemini', payload: 'nonsense' }) };
    expect(JSON.stringify(bodyOf(after([broken, call('a')], [result('a', 'r')])))).not.toContain('nonsense');
  });
});

describe('tools', () => {
  const declarations = (body: JsonObject): JsonObject[] =>
    (bodyOf(body)['tools'] as { functionDeclarations: JsonObject[] }[])[0]?.functionDeclarations ?? [];

  it('[C13] TR-20 TR-21 declares functions with nothing but their schema', () => {
    expect(declarations({ tools: [{ ...tool('f'), type: 'custom', cache_control: {}, eager_input_streaming: true }] })).toEqual([
      {
        name: 'f',
        description: 'd f',
        parameters: { type: 'OBJECT', properties: { q: { type: 'STRING' } }, required: ['q'] },
      },
    ]);
  });

  it('[C13] TR-22 declares a function without parameters without any: Gemini refuses an empty object', () => {
    expect(declarations({ tools: [tool('f', {}), tool('g', { type: 'object', properties: {} })] })).toEqual([
      { name: 'f', description: 'd f' },
      { name: 'g', description: 'd g' },
    ]);
  });

  it('[C13] TR-23 TR-24 makes names legal and finds the way back', () => {
    const long = `mcp__${'x'.repeat(80)}`;
    const translated = translate({ tools: [tool(`${long}_one`), tool(`${long}_two`), tool('1 odd/name')] });
    const names =
      (translated.body['tools'] as { functionDeclarations: { name: string }[] }[])[0]?.functionDeclarations.map(({ name }) => name) ?? [];
    expect(new Set(names).size).toBe(3);
    for (const name of names) expect(name).toMatch(/^[a-zA-Z_][a-zA-Z0-9_.:-]{0,63}$/);
    expect(names.map((name) => translated.context.toolNames.toClient(name))).toEqual([`${long}_one`, `${long}_two`, '1 odd/name']);
  });

  it('[C13] TR-20 declares no more functions than Gemini takes, and says so', () => {
    const { body, dropped } = translate({ tools: Array.from({ length: 513 }, (_, index) => tool(`f${index}`)) });
    expect((body['tools'] as { functionDeclarations: unknown[] }[])[0]?.functionDeclarations).toHaveLength(512);
    expect(dropped).toEqual(['tools']);
  });

  it('[C13] TR-26 TR-27 TR-28 TR-29 says which tools may be called', () => {
    const choice = (tool_choice: JsonObject, options: Partial<TranslateRequestOptions> = {}) =>
      bodyOf({ tools: [tool('f'), tool('g')], tool_choice }, options)['toolConfig'];
    expect(choice({ type: 'auto' })).toBeUndefined();
    expect(choice({ type: 'any' })).toEqual({ functionCallingConfig: { mode: 'ANY' } });
    expect(choice({ type: 'none' })).toEqual({ functionCallingConfig: { mode: 'NONE' } });
    expect(choice({ type: 'tool', name: 'g' })).toEqual({ functionCallingConfig: { mode: 'ANY', allowedFunctionNames: ['g'] } });
    expect(choice({ type: 'any' }, { capabilities: { toolChoice: false } })).toBeUndefined();
    expect(translate({ tools: [tool('f')], tool_choice: { type: 'auto', disable_parallel_tool_use: true } }).dropped).toEqual([
      'disable_parallel_tool_use',
    ]);
  });

  it('[C13] TR-39 searches with Google when search is the only tool; beside functions it is listed as left out', () => {
    const search = { type: 'web_search_20250305', name: 'web_search', max_uses: 3 };
    expect(bodyOf({ tools: [search] })['tools']).toEqual([{ googleSearch: {} }]);
    expect(translate({ tools: [{ ...search, allowed_domains: ['a.example'] }] }).dropped).toEqual(['web_search.domains']);
    const both = translate({ tools: [search, tool('f')] });
    expect(both.dropped).toEqual(['tool:web_search']);
    expect(JSON.stringify(both.body)).not.toContain('earch');
  });
});

describe('parameters', () => {
  it('[C13] TR-42 TR-43 TR-45 TR-46 maps bounds, sampling and stop sequences', () => {
    expect(config({ temperature: 0.3, top_p: 0.5, top_k: 7, stop_sequences: ['A', 'B'] })).toEqual({
      maxOutputTokens: 500,
      temperature: 0.3,
      topP: 0.5,
      topK: 7,
      stopSequences: ['A', 'B'],
    });
    const { body, dropped } = translate(
      { max_tokens: 99_999, stop_sequences: ['1', '2', '3', '4', '5', '6'] },
      { capabilities: { output: 8192 } },
    );
    expect(body['generationConfig']).toEqual({ maxOutputTokens: 8192, stopSequences: ['1', '2', '3', '4', '5'] });
    expect(dropped).toEqual(['stop_sequences']);
    expect(config({ max_tokens: 128_000 }, 'gemini-3-pro')).toEqual({ maxOutputTokens: 65_536 });
    expect(config({ max_tokens: 128_000 }, 'gemini-2.0-flash')).toEqual({ maxOutputTokens: 8192 });
  });

  it('[C13] TR-53 asks for a schema, cleaned like that of a tool', () => {
    const schema = { type: 'object', properties: { a: { type: 'string' } }, required: ['a'], additionalProperties: false };
    expect(config({ output_config: { format: { type: 'json_schema', schema } } })).toMatchObject({
      responseMimeType: 'application/json',
      responseSchema: { type: 'OBJECT', properties: { a: { type: 'STRING' } }, required: ['a'] },
    });
  });

  it('[C13] TR-49 TR-52 asks for thinking with a budget the model has', () => {
    const on = (budget_tokens: number, model: string) =>
      config({ max_tokens: 64_000, thinking: { type: 'enabled', budget_tokens } }, model)['thinkingConfig'];
    expect(on(20_000, 'gemini-2.5-flash')).toEqual({ includeThoughts: true, thinkingBudget: 20_000 });
    expect(on(63_000, 'gemini-2.5-flash')).toEqual({ includeThoughts: true, thinkingBudget: 24_576 });
    expect(on(63_000, 'gemini-2.5-pro')).toEqual({ includeThoughts: true, thinkingBudget: 32_768 });
    expect(on(20_000, 'gemini-2.0-flash')).toBeUndefined();
    expect(config({ max_tokens: 2000, thinking: { type: 'enabled', budget_tokens: 31_999 } })['thinkingConfig']).toEqual({
      includeThoughts: true,
      thinkingBudget: 1999,
    });
    expect(config({ thinking: { type: 'adaptive' } })['thinkingConfig']).toEqual({ includeThoughts: true, thinkingBudget: -1 });
  });

  it('[C13] TR-49 TR-50 asks models of the third generation with a level they know', () => {
    const thinking = (effort: string | undefined, type: string, model: string) =>
      config({ max_tokens: 64_000, thinking: { type }, ...(effort === undefined ? {} : { output_config: { effort } }) }, model)[
        'thinkingConfig'
      ];
    expect(thinking('xhigh', 'adaptive', 'gemini-3-pro-preview')).toEqual({ includeThoughts: true, thinkingLevel: 'HIGH' });
    expect(thinking('medium', 'adaptive', 'gemini-3-pro-preview')).toEqual({ includeThoughts: true, thinkingLevel: 'LOW' });
    expect(thinking('medium', 'adaptive', 'gemini-3-flash-preview')).toEqual({ includeThoughts: true, thinkingLevel: 'MEDIUM' });
    expect(thinking(undefined, 'adaptive', 'gemini-3-pro')).toEqual({ includeThoughts: true });
    expect(thinking(undefined, 'disabled', 'gemini-3-flash-preview')).toEqual({ thinkingLevel: 'MINIMAL' });
    expect(config({ output_config: { effort: 'low' } }, 'gemini-3-pro')['thinkingConfig']).toEqual({ thinkingLevel: 'LOW' });
  });

  it('[C13] TR-50 TR-51 switches thinking off as far as the model lets it', () => {
    const off = (model: string) => config({ thinking: { type: 'disabled' }, output_config: { effort: 'high' } }, model)['thinkingConfig'];
    expect(off('gemini-2.5-flash')).toEqual({ thinkingBudget: 0 });
    expect(off('gemini-2.5-pro')).toEqual({ thinkingBudget: 128 });
    expect(off('some-model')).toBeUndefined();
    const named = (model: string) => translate({ thinking: { type: 'disabled' } }, { model }).dropped;
    const models = ['gemini-2.5-flash', 'gemini-2.5-pro', 'gemini-3-flash', 'gemini-3-pro', 'gemini-2.0-flash'];
    expect(models.map(named)).toEqual([[], ['thinking'], [], ['thinking'], []]);
  });

  it('[C13] TR-49 takes an effort without thinking as a budget, or names it', () => {
    const effort = (model: string) => translate({ max_tokens: 64_000, output_config: { effort: 'low' } }, { model });
    expect(effort('gemini-2.5-pro').body['generationConfig']).toMatchObject({ thinkingConfig: { thinkingBudget: 2048 } });
    expect(['gemini-2.5-pro', 'some-model', 'gemini-2.0-flash'].map((model) => effort(model).dropped)).toEqual([
      [],
      ['effort'],
      ['effort'],
    ]);
  });

  it('[C13] TR-56 sends nothing of Anthropic alone, and lists what it left out', () => {
    const { body, dropped } = translate({
      metadata: { user_id: 'u' },
      context_management: { edits: [] },
      service_tier: 'priority',
      mcp_servers: [{ url: 'x' }],
      tools: [{ ...tool('f'), strict: true }],
    });
    expect(Object.keys(body)).toEqual(['contents', 'tools', 'generationConfig']);
    expect(dropped.toSorted()).toEqual(['context_management', 'mcp_servers', 'metadata', 'service_tier', 'strict']);
  });
});
