import type { JsonObject } from '@ccproxy/wire';
import { describe, expect, it } from 'vitest';
import { encodeForeignSignature } from '../core/foreign-signature.js';
import { after, call, image, keysOf, pdf, png, request, result, text, tool } from '../testing/request-bed.js';
import type { TranslateRequestOptions } from '../translate-request.js';

const body = (wanted: JsonObject, options: Partial<TranslateRequestOptions> = {}): JsonObject =>
  request('openai-responses', wanted, options).body;
const input = (wanted: JsonObject, options: Partial<TranslateRequestOptions> = {}): JsonObject[] =>
  body(wanted, options)['input'] as JsonObject[];

describe('conversation', () => {
  it('[C13] TR-1 TR-2 TR-5 makes instructions of the system texts, and items of those in the middle', () => {
    const wanted = {
      system: [text('ONE'), text('TWO')],
      messages: [
        { role: 'user', content: 'hi' },
        { role: 'system', content: 'MID' },
      ],
    };
    expect(body(wanted)).toMatchObject({
      instructions: 'ONE\n\nTWO',
      input: [
        { role: 'user', content: [{ type: 'input_text', text: 'hi' }] },
        { role: 'system', content: [{ type: 'input_text', text: 'MID' }] },
      ],
      store: false,
    });
    expect(body({})).not.toHaveProperty('instructions');
  });

  it('[C13] TR-7 TR-8 TR-9 passes pictures and documents', () => {
    const address = { type: 'document', source: { type: 'url', url: 'https://x/a.pdf' } };
    const linked = { type: 'image', source: { type: 'url', url: 'https://x/y.png' } };
    expect(input({ messages: [{ role: 'user', content: [image, linked, pdf, address] }] })[0]?.['content']).toEqual([
      { type: 'input_image', image_url: `data:image/png;base64,${png}`, detail: 'auto' },
      { type: 'input_image', image_url: 'https://x/y.png', detail: 'auto' },
      { type: 'input_file', filename: 'a.pdf', file_data: 'data:application/pdf;base64,JVBERi0=' },
      { type: 'input_file', file_url: 'https://x/a.pdf' },
    ]);
  });

  it('[C13] TR-11 TR-31 TR-33 TR-34 TR-35 TR-41 keeps calls together at the end of a turn, and their results behind them', () => {
    const wanted = after(
      [text('PRE'), call('a'), text('POST'), call('b', 'g')],
      [text('AND'), result('b', [text('see'), image], { is_error: true }), result('a', '')],
    );
    expect(input(wanted).slice(1)).toEqual([
      { role: 'assistant', content: [{ type: 'output_text', text: 'PRE' }] },
      { role: 'assistant', content: [{ type: 'output_text', text: 'POST' }] },
      { type: 'function_call', call_id: 'a', name: 'f', arguments: '{"q":"a"}' },
      { type: 'function_call', call_id: 'b', name: 'g', arguments: '{"q":"a"}' },
      { type: 'function_call_output', call_id: 'a', output: '' },
      {
        type: 'function_call_output',
        call_id: 'b',
        output: [
          { type: 'input_text', text: '[tool error]' },
          { type: 'input_text', text: 'see' },
          { type: 'input_image', image_url: `data:image/png;base64,${png}`, detail: 'auto' },
        ],
      },
      { role: 'user', content: [{ type: 'input_text', text: 'AND' }] },
    ]);
  });

  it('[C13] [C23] TR-14 TR-16 TR-85 gives the encrypted reasoning back to the family that made it, and to no other', () => {
    const thinking = (family: string, payload: string, readable = 'S'): JsonObject => ({
      type: 'thinking',
      thinking: readable,
      signature: encodeForeignSignature({ family, payload }),
    });
    const wanted = (...blocks: JsonObject[]): JsonObject => after([...blocks, text('x'), call('a')], [result('a', 'r')]);
    const own = input(
      wanted(thinking('openai-responses', 'ENC'), thinking('openai-responses', 'ENC2', ''), thinking('gemini', 'G'), {
        type: 'redacted_thinking',
        data: 'RD',
      }),
    );
    expect(own.slice(1, 3)).toEqual([
      { type: 'reasoning', summary: [{ type: 'summary_text', text: 'S' }], encrypted_content: 'ENC' },
      { type: 'reasoning', summary: [], encrypted_content: 'ENC2' },
    ]);
    expect(JSON.stringify(own)).not.toMatch(/ccp1|RD|"G"/);
    expect(JSON.stringify(input(wanted(thinking('openai-responses', 'ENC')), { family: 'azure' }))).not.toContain('reasoning');
    expect(JSON.stringify(input(wanted(thinking('openai-responses', 'ENC')), { capabilities: { replayReasoning: false } }))).not.toContain(
      'reasoning',
    );
    expect(JSON.stringify(input(wanted(thinking('openai-responses', ''))))).not.toContain('reasoning');
    expect(input(wanted(thinking('openai-responses', '')), { capabilities: { replayReasoning: true } })[1]).toEqual({
      type: 'reasoning',
      summary: [],
      content: [{ type: 'reasoning_text', text: 'S' }],
    });
  });
});

describe('tools and parameters', () => {
  it('[C13] TR-20 TR-22 TR-23 TR-54 declares functions, not strict unless they are', () => {
    const closed = { type: 'object', properties: { a: { type: 'string' } }, required: ['a'], additionalProperties: false };
    const wanted = { tools: [tool('f'), tool('s', { strict: true, input_schema: closed }), { name: 'x'.repeat(80) }] };
    expect(body(wanted)['tools']).toEqual([
      { type: 'function', name: 'f', description: 'd f', parameters: tool('f')['input_schema'], strict: false },
      { type: 'function', name: 's', description: 'd s', parameters: closed, strict: true },
      {
        type: 'function',
        name: expect.stringMatching(/^.{64}$/) as unknown,
        parameters: { type: 'object', properties: {} },
        strict: false,
      },
    ]);
  });

  it.each([
    [{ type: 'auto' }, { tool_choice: 'auto' }],
    [{ type: 'any' }, { tool_choice: 'required' }],
    [{ type: 'none' }, { tool_choice: 'none' }],
    [{ type: 'tool', name: 'f' }, { tool_choice: { type: 'function', name: 'f' } }],
    [{ type: 'any', disable_parallel_tool_use: true }, { parallel_tool_calls: false }],
  ])('[C13] TR-26 TR-27 TR-28 tool_choice %j', (choice, expected) => {
    expect(body({ tools: [tool('f')], tool_choice: choice })).toMatchObject(expected);
  });

  it('[C13] TR-29 leaves out what the model refuses', () => {
    const capabilities = { toolChoice: false, parallelTools: false };
    const wanted = (type: string): JsonObject => ({ tools: [tool('f')], tool_choice: { type, disable_parallel_tool_use: true } });
    expect(request('openai-responses', wanted('any'), { capabilities }).dropped).toEqual(['disable_parallel_tool_use', 'tool_choice']);
    expect(body(wanted('auto'), { capabilities })).not.toHaveProperty('tool_choice');
    expect(body(wanted('none'), { capabilities })).not.toHaveProperty('tools');
  });

  it('[C13] TR-39 uses the own search of models that have one', () => {
    const search = { type: 'web_search_20250305', name: 'web_search', allowed_domains: ['a.com'], blocked_domains: ['b.com'] };
    const able = request('openai-responses', { tools: [search] }, { model: 'gpt-5' });
    expect(able.body).toMatchObject({ tools: [{ type: 'web_search', filters: { allowed_domains: ['a.com'] } }] });
    expect(able.body['include']).toContain('web_search_call.action.sources');
    expect(able.dropped).toEqual(['web_search.blocked_domains']);
    expect(request('openai-responses', { tools: [search] }, { model: 'other' })).toMatchObject({ dropped: ['tool:web_search_20250305'] });
  });

  it('[C13] TR-42 TR-44 TR-45 TR-46 TR-47 TR-53 TR-55 TR-56 sends what the API has, and names the rest', () => {
    const closed = { type: 'object', properties: {}, additionalProperties: false };
    const wanted = {
      max_tokens: 5,
      temperature: 0.1,
      top_p: 0.9,
      top_k: 3,
      stop_sequences: ['x'],
      metadata: { user_id: 'u' },
      output_config: { format: { type: 'json_schema', schema: closed } },
      service_tier: 'priority',
      context_management: {},
      stream: true,
    };
    const translated = request('openai-responses', wanted);
    expect(translated.body).toMatchObject({ max_output_tokens: 16, temperature: 0.1, top_p: 0.9, service_tier: 'priority', stream: true });
    expect(translated.body['text']).toEqual({ format: { type: 'json_schema', name: 'answer', schema: closed, strict: true } });
    expect(translated.dropped).toEqual(['context_management', 'top_k', 'stop_sequences', 'metadata']);
    for (const key of ['stop', 'stop_sequences', 'top_k', 'metadata', 'stream_options', 'max_tokens'])
      expect(keysOf(translated.body).has(key)).toBe(false);
    expect(() => request('openai-responses', wanted, { strict: true })).toThrow('stop_sequences');
    expect(keysOf(body(wanted, { model: 'gpt-5' })).has('temperature')).toBe(false);
  });

  it('[C13] TR-49 TR-50 TR-51 asks for effort, and for a summary where somebody reads it', () => {
    const on = { max_tokens: 64_000, thinking: { type: 'enabled', budget_tokens: 20_000 } };
    expect(body(on, { model: 'gpt-5' })).toMatchObject({
      reasoning: { effort: 'high', summary: 'auto' },
      include: ['reasoning.encrypted_content'],
    });
    expect(body(on)).toMatchObject({ reasoning: { effort: 'high' } });
    const adaptive = { thinking: { type: 'adaptive', display: 'omitted' }, output_config: { effort: 'medium' } };
    expect(body(adaptive, { model: 'gpt-5' })['reasoning']).toEqual({ effort: 'medium' });
    expect(body({ thinking: { type: 'adaptive' } }, { model: 'o3' })['reasoning']).toEqual({ summary: 'auto' });
    expect(body({}, { model: 'o3' })).not.toHaveProperty('reasoning');
    expect(request('openai-responses', { ...on, ...adaptive }, { model: 'gpt-4.1' })).toMatchObject({ dropped: ['effort'] });
    expect(request('openai-responses', on, { model: 'gpt-4.1' })).toMatchObject({ dropped: ['thinking', 'effort'] });
    const off = { thinking: { type: 'disabled' }, output_config: { effort: 'high' } };
    expect(body(off, { model: 'gpt-5.1' })['reasoning']).toEqual({ effort: 'none' });
    expect(request('openai-responses', off, { model: 'o3' })).toMatchObject({ dropped: ['thinking'] });
  });
});
