import type { JsonObject } from '@ccproxy/wire';
import { describe, expect, it } from 'vitest';
import { encodeForeignSignature } from '../core/foreign-signature.js';
import { translateRequest, type TranslateRequestOptions } from '../translate-request.js';

const png = 'iVBORw0KGgo=';
const image = { type: 'image', source: { type: 'base64', media_type: 'image/png', data: png } };
const tool = (name: string) => ({
  name,
  description: `d ${name}`,
  input_schema: { type: 'object', properties: { q: { type: 'string' } }, required: ['q'] },
});
const call = (id: string, name = 'f', input: JsonObject = { q: 'a' }) => ({ type: 'tool_use', id, name, input });
const result = (id: string, content: unknown, extra: JsonObject = {}) => ({ type: 'tool_result', tool_use_id: id, content, ...extra });

const translate = (body: JsonObject, options: Partial<TranslateRequestOptions> = {}) =>
  translateRequest(
    'ollama',
    { model: 'claude', max_tokens: 500, messages: [{ role: 'user', content: 'hi' }], ...body },
    { model: 'qwen3:8b', messageId: 'msg_1', inputEstimate: 100, ...options },
  );
const bodyOf = (body: JsonObject, options: Partial<TranslateRequestOptions> = {}): JsonObject => translate(body, options).body;
const messages = (body: JsonObject, options: Partial<TranslateRequestOptions> = {}): unknown => bodyOf(body, options)['messages'];

describe('conversation', () => {
  it('[C13] TR-1 TR-2 TR-5 has one system message and keeps later ones at their place', () => {
    const body = {
      system: [
        { type: 'text', text: 'ONE', cache_control: { type: 'ephemeral' } },
        { type: 'text', text: 'TWO' },
      ],
      messages: [
        { role: 'user', content: 'a' },
        { role: 'system', content: 'MID' },
        { role: 'user', content: 'b' },
      ],
    };
    expect(messages(body)).toEqual([
      { role: 'system', content: 'ONE\n\nTWO' },
      { role: 'user', content: 'a\n\n<system-reminder>\nMID\n</system-reminder>\n\nb' },
    ]);
  });

  it('[C13] TR-7 TR-64 passes pictures as bare base64, also those of a tool', () => {
    const body = {
      tools: [tool('f')],
      messages: [
        { role: 'user', content: [image, { type: 'text', text: 'look' }] },
        { role: 'assistant', content: [call('t1')] },
        { role: 'user', content: [result('t1', [{ type: 'text', text: 'see' }, image])] },
      ],
    };
    expect(messages(body)).toEqual([
      { role: 'user', content: 'look', images: [png] },
      { role: 'assistant', content: '', tool_calls: [{ id: 't1', function: { name: 'f', arguments: { q: 'a' } } }] },
      { role: 'tool', content: 'see', tool_name: 'f', tool_call_id: 't1', images: [png] },
    ]);
  });

  it('[C13] TR-8 refuses a picture by URL and says what to send', () => {
    const remote = { type: 'image', source: { type: 'url', url: 'https://example.com/a.png' } };
    expect(() => bodyOf({ messages: [{ role: 'user', content: [remote] }] })).toThrow(/Ollama takes no image by URL/);
  });

  it('[C13] TR-9 TR-10 leaves a note in the place of a PDF file and inlines text', () => {
    const document = (source: JsonObject) => ({ type: 'document', title: 'paper', source });
    const pdf = document({ type: 'base64', media_type: 'application/pdf', data: 'JVBERi0xLjQK' });
    const text = document({ type: 'text', media_type: 'text/plain', data: 'DOCTEXT' });
    const body = { messages: [{ role: 'user', content: [pdf, text, { type: 'text', text: 'read' }] }] };
    const { body: written, dropped } = translate(body);
    expect(dropped).toEqual(['document']);
    expect(JSON.stringify(written)).toMatch(/The document .{0,10}paper.{0,10} stood here.*DOCTEXT.*read/);
    expect(() => translate(body, { strict: true })).toThrow(/cannot take: document/);
  });

  it('[C13] TR-32 TR-34 TR-35 answers calls at once and shows errors', () => {
    const body = {
      messages: [
        { role: 'user', content: 'go' },
        { role: 'assistant', content: [{ type: 'text', text: 'ok' }, call('a'), call('b', 'g', {})] },
        { role: 'user', content: [{ type: 'text', text: 'then' }, result('b', ''), result('a', 'boom', { is_error: true })] },
      ],
    };
    expect((messages(body) as unknown[]).slice(1)).toEqual([
      {
        role: 'assistant',
        content: 'ok',
        tool_calls: [
          { id: 'a', function: { name: 'f', arguments: { q: 'a' } } },
          { id: 'b', function: { name: 'g', arguments: {} } },
        ],
      },
      { role: 'tool', content: '[tool error] boom', tool_name: 'f', tool_call_id: 'a' },
      { role: 'tool', content: '', tool_name: 'g', tool_call_id: 'b' },
      { role: 'user', content: 'then' },
    ]);
  });

  it('[C13] [C23] TR-14 TR-16 gives its own thinking back and no other', () => {
    const thinking = (text: string, signature: string) => ({ type: 'thinking', thinking: text, signature });
    const body = {
      messages: [
        { role: 'user', content: 'go' },
        {
          role: 'assistant',
          content: [
            thinking('mine', encodeForeignSignature({ family: 'ollama', payload: '' })),
            thinking('theirs', encodeForeignSignature({ family: 'gemini', payload: 'call:x' })),
            thinking('anthropic', 'EqQBCkYIBxgC'),
            { type: 'text', text: 'ok' },
          ],
        },
      ],
    };
    expect((messages(body) as unknown[])[1]).toEqual({ role: 'assistant', content: 'ok', thinking: 'mine' });
  });
});

describe('tools', () => {
  const choose = (tool_choice: JsonObject) => translate({ tools: [tool('f'), tool('g')], tool_choice });
  const offered = (body: JsonObject): string[] =>
    ((body['tools'] ?? []) as { function: { name: string } }[]).map((entry) => entry.function.name);

  it('[C13] TR-20 offers functions', () => {
    expect(bodyOf({ tools: [tool('f')] })['tools']).toEqual([
      {
        type: 'function',
        function: {
          name: 'f',
          description: 'd f',
          parameters: { type: 'object', properties: { q: { type: 'string' } }, required: ['q'] },
        },
      },
    ]);
  });

  it('[C13] TR-65 says in words which tool is to be called, as there is no other way', () => {
    expect(offered(choose({ type: 'none' }).body)).toEqual([]);
    expect(offered(choose({ type: 'auto' }).body)).toEqual(['f', 'g']);
    const any = choose({ type: 'any' });
    expect(offered(any.body)).toEqual(['f', 'g']);
    expect(JSON.stringify(any.body)).toContain('by calling one of the tools');
    const one = choose({ type: 'tool', name: 'g' });
    expect(offered(one.body)).toEqual(['g']);
    expect(JSON.stringify(one.body)).toContain('by calling the tool \\"g\\"');
    expect([choose({ type: 'none' }).dropped, any.dropped, one.dropped]).toEqual([[], ['tool_choice'], ['tool_choice']]);
  });

  it('[C13] TR-28 TR-39 lists what it cannot ask for', () => {
    const search = { type: 'web_search_20250305', name: 'web_search' };
    const body = { tools: [search, { ...tool('f'), strict: true }], tool_choice: { type: 'auto', disable_parallel_tool_use: true } };
    expect(translate(body).dropped).toEqual(['tool:web_search_20250305', 'disable_parallel_tool_use', 'strict']);
  });
});

describe('parameters', () => {
  it('[C13] TR-42 TR-45 TR-46 TR-53 TR-56 maps them into options and format, and nothing else', () => {
    const schema = { type: 'object', properties: { a: { type: 'string' } } };
    const { body, dropped, stream } = translate({
      stream: true,
      temperature: 0.2,
      top_p: 0.5,
      top_k: 7,
      stop_sequences: ['END'],
      output_config: { format: { type: 'json_schema', schema } },
      metadata: { user_id: 'u' },
      service_tier: 'priority',
    });
    expect(stream).toBe(true);
    expect(body).toEqual({
      model: 'qwen3:8b',
      messages: [{ role: 'user', content: 'hi' }],
      stream: true,
      format: schema,
      options: { num_ctx: 8192, num_predict: 500, temperature: 0.2, top_p: 0.5, top_k: 7, stop: ['END'] },
      truncate: false,
      shift: false,
    });
    expect(dropped).toEqual(['metadata', 'service_tier']);
  });

  it('[C13] asks for a window that holds the prompt and room for an answer, in few sizes, within what the model has', () => {
    const size = (inputEstimate: number, context?: number, max_tokens = 32_000): unknown =>
      (
        translate({ max_tokens }, { inputEstimate, ...(context === undefined ? {} : { capabilities: { context } }) }).body[
          'options'
        ] as JsonObject
      )['num_ctx'];
    expect([size(10), size(1000), size(10_000), size(20_000), size(60_000), size(5_000_000)]).toEqual([
      16_384, 16_384, 32_768, 32_768, 131_072, 1_048_576,
    ]);
    expect([size(10, undefined, 100), size(60_000, 40_960), size(10, 4096)]).toEqual([8192, 40_960, 4096]);
    for (const tokens of [1, 3000, 17_000, 44_000, 150_000]) expect(size(tokens)).toBeGreaterThan(tokens * 1.1);
  });

  it('[C13] TR-49 TR-50 TR-51 switches thinking on, off, or leaves it to the model', () => {
    const think = (thinking: JsonObject, options: Partial<TranslateRequestOptions> = {}, more: JsonObject = {}) =>
      bodyOf({ max_tokens: 30_000, thinking, ...more }, options)['think'];
    expect(think({ type: 'enabled', budget_tokens: 20_000 })).toBe(true);
    expect(think({ type: 'adaptive' })).toBeUndefined();
    expect(think({ type: 'adaptive' }, { capabilities: { reasoning: 'switch' } })).toBe(true);
    expect(think({ type: 'disabled' }, {}, { output_config: { effort: 'high' } })).toBe(false);
    expect(think({ type: 'adaptive' }, { model: 'gpt-oss:20b' }, { output_config: { effort: 'xhigh' } })).toBe('high');
    expect(think({ type: 'enabled', budget_tokens: 2000 }, { model: 'library/gpt-oss' })).toBe('low');
    expect(think({ type: 'adaptive' }, { model: 'gpt-oss' })).toBeUndefined();
    const none = translate({ thinking: { type: 'enabled', budget_tokens: 2000 } }, { capabilities: { reasoning: 'none' } });
    expect([none.body['think'], none.dropped]).toEqual([undefined, ['thinking', 'effort']]);
    const effort = { thinking: { type: 'adaptive' }, output_config: { effort: 'low' } };
    expect([translate(effort).dropped, translate(effort, { model: 'gpt-oss' }).dropped]).toEqual([['effort'], []]);
    expect(translate({ thinking: { type: 'disabled' } }, { model: 'gpt-oss' }).dropped).toEqual(['thinking']);
  });
});
