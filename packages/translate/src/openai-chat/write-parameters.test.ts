import type { JsonObject } from '@ccproxy/wire';
import { describe, expect, it } from 'vitest';
import { keysOf, request, tool } from '../testing/request-bed.js';
import type { TranslateRequestOptions } from '../translate-request.js';

const body = (wanted: JsonObject, options: Partial<TranslateRequestOptions> = {}): JsonObject =>
  request('openai-chat', wanted, options).body;
const dropped = (wanted: JsonObject, options: Partial<TranslateRequestOptions> = {}): readonly string[] =>
  request('openai-chat', wanted, options).dropped;
const closed = { type: 'object', properties: { a: { type: 'string' } }, required: ['a'], additionalProperties: false };

describe('parameters', () => {
  it('[C13] TR-42 TR-43 bounds the answer under the right name, and never above what the model can', () => {
    expect(body({})).toMatchObject({ max_tokens: 500 });
    for (const model of ['gpt-5', 'openai/gpt-5.1-codex', 'o3-mini', 'gpt-5-chat-latest'])
      expect(body({}, { model })).toMatchObject({ max_completion_tokens: 500 });
    expect(body({}, { model: 'gpt-4.1' })).toMatchObject({ max_tokens: 500 });
    expect(body({}, { capabilities: { output: 100, maxTokens: 'max_completion_tokens' } })).toMatchObject({ max_completion_tokens: 100 });
    expect(keysOf(body({ max_tokens: undefined })).has('max_tokens')).toBe(false);
  });

  it('[C13] TR-44 TR-45 passes sampling on, not to models that refuse it', () => {
    const wanted = { temperature: 0.2, top_p: 0.5, top_k: 7 };
    expect(body(wanted)).toMatchObject({ temperature: 0.2, top_p: 0.5 });
    expect(dropped(wanted)).toEqual(['top_k']);
    expect(body(wanted, { capabilities: { topK: true } })).toMatchObject({ top_k: 7 });
    expect(dropped(wanted, { model: 'gpt-5-mini' })).toEqual(['temperature', 'top_p', 'top_k']);
    expect(keysOf(body(wanted, { model: 'o4-mini' })).has('temperature')).toBe(false);
  });

  it('[C13] TR-46 passes stop sequences on, not to models that refuse them', () => {
    expect(body({ stop_sequences: ['END1', '', 'END2'] })).toMatchObject({ stop: ['END1', 'END2'] });
    expect(dropped({ stop_sequences: ['x'] }, { model: 'gpt-5.2' })).toEqual(['stop_sequences']);
    expect(body({ stop_sequences: ['x'] }, { model: 'gpt-5.5' })).toMatchObject({ stop: ['x'] });
    const six = { stop_sequences: ['a', 'b', 'c', 'd', 'e', 'f'] };
    expect(body(six)).toMatchObject({ stop: ['a', 'b', 'c', 'd'] });
    expect(dropped(six)).toEqual(['stop_sequences']);
    expect(dropped({ stop_sequences: ['a', 'b', 'c', 'd'] })).toEqual([]);
    expect(() => body(six, { strict: true })).toThrow('stop_sequences');
    expect(request('openai-chat', { stop_sequences: ['x'] }).context.stopSequences).toEqual(['x']);
  });

  it('[C13] TR-47 TR-56 keeps what only Anthropic knows away from others', () => {
    const wanted = {
      metadata: { user_id: `user_${'a'.repeat(140)}` },
      context_management: { edits: [] },
      output_config: { effort: 'low' },
      betas: ['x'],
      mcp_servers: [],
      container: null,
      service_tier: 'auto',
      safeguards: [{}],
      anything_new: 1,
    };
    const { body: written, dropped: names } = request('openai-chat', wanted);
    expect(Object.keys(written).sort()).toEqual(['max_tokens', 'messages', 'model', 'stream']);
    expect(JSON.stringify(written)).not.toContain('aaaa');
    expect(names).toEqual(['context_management', 'safeguards', 'anything_new', 'metadata', 'effort']);
    expect(() => request('openai-chat', { mcp_servers: [{ url: 'x' }] }, { strict: true })).toThrow('mcp_servers');
  });

  it('[C13] TR-48 asks a stream for its counts, unless the server does not know that', () => {
    expect(request('openai-chat', { stream: true })).toMatchObject({
      stream: true,
      body: { stream: true, stream_options: { include_usage: true } },
    });
    expect(body({ stream: true }, { capabilities: { streamUsage: false } })).not.toHaveProperty('stream_options');
    expect(body({})).not.toHaveProperty('stream_options');
  });

  it('[C13] TR-53 TR-54 asks for structured output, strictly only where the schema allows it', () => {
    const format = (schema: JsonObject): JsonObject => ({ output_config: { format: { type: 'json_schema', schema } } });
    expect(body(format(closed))['response_format']).toEqual({
      type: 'json_schema',
      json_schema: { name: 'answer', schema: closed, strict: true },
    });
    expect(body({ output_format: { type: 'json_schema', schema: closed } })).toHaveProperty('response_format');
    for (const open of [
      { ...closed, required: [] },
      { ...closed, additionalProperties: true },
      { type: 'object', properties: { a: { type: 'object' } }, required: ['a'], additionalProperties: false },
    ])
      expect(JSON.stringify(body(format(open)))).not.toContain('strict');
    expect(JSON.stringify(body(format(closed), { capabilities: { strictSchemas: false } }))).not.toContain('strict');
    const strictTool = (schema: JsonObject): string => JSON.stringify(body({ tools: [tool('f', { strict: true, input_schema: schema })] }));
    expect(strictTool(closed)).toContain('"strict":true');
    expect(strictTool({ ...closed, required: [] })).not.toContain('strict');
    let deep: JsonObject = { type: 'string' };
    for (let level = 0; level < 60; level += 1) deep = { type: 'array', items: deep };
    expect(JSON.stringify(body(format(deep)))).not.toContain('strict');
  });

  it('[C13] TR-55 maps a priority', () => {
    expect(body({ service_tier: 'priority' })).toMatchObject({ service_tier: 'priority' });
    expect(body({ speed: 'fast' })).toMatchObject({ service_tier: 'priority' });
    expect(body({ service_tier: 'standard_only' })).not.toHaveProperty('service_tier');
    expect(dropped({ service_tier: 'standard_only' })).toEqual(['service_tier']);
  });
});

describe('thinking', () => {
  const on = (budget: number, max = 64_000): JsonObject => ({ max_tokens: max, thinking: { type: 'enabled', budget_tokens: budget } });

  it.each([
    [on(1024), 'low'],
    [on(8000), 'medium'],
    [on(20_000), 'high'],
    [{ ...on(20_000), output_config: { effort: 'low' } }, 'low'],
    [{ thinking: { type: 'adaptive' }, output_config: { effort: 'medium' } }, 'medium'],
    [{ thinking: { type: 'adaptive' }, output_config: { effort: 'xhigh' } }, 'high'],
    [{ output_config: { effort: 'max' } }, 'high'],
    [{ thinking: { type: 'adaptive' } }, undefined],
    [{}, undefined],
  ])('[C13] TR-49 %j is the effort %s', (wanted, effort) => {
    expect(body(wanted, { capabilities: { reasoning: 'effort' } })['reasoning_effort']).toBe(effort);
  });

  it('[C13] TR-49 tells models nobody knows only when the client insists', () => {
    expect(body(on(20_000))).toMatchObject({ reasoning_effort: 'high' });
    expect(body({ thinking: { type: 'adaptive' }, output_config: { effort: 'high' } })).not.toHaveProperty('reasoning_effort');
    expect(dropped({ thinking: { type: 'adaptive' }, output_config: { effort: 'high' } })).toEqual(['effort']);
    expect(dropped(on(20_000), { model: 'gpt-4o' })).toEqual(['thinking', 'effort']);
    expect(dropped({ thinking: { type: 'enabled', budget_tokens: 5000 } }, { capabilities: { reasoning: 'effort', efforts: [] } })).toEqual(
      ['thinking'],
    );
  });

  it('[C13] TR-49 reads the newest effort of the conversation', () => {
    const messages = [
      { role: 'user', content: 'x' },
      { role: 'system', content: [], output_config: { effort: 'low' } },
    ];
    expect(body({ thinking: { type: 'adaptive' }, output_config: { effort: 'high' }, messages }, { model: 'gpt-5' })).toMatchObject({
      reasoning_effort: 'low',
    });
  });

  it('[C13] TR-50 TR-51 off means off, as far as the model knows it', () => {
    const off = { thinking: { type: 'disabled' }, output_config: { effort: 'high' } };
    expect(body(off, { model: 'gpt-5.1' })).toMatchObject({ reasoning_effort: 'none' });
    expect(body(off, { model: 'gpt-5' })).toMatchObject({ reasoning_effort: 'minimal' });
    expect(body(off, { model: 'gpt-5.4' })).toMatchObject({ reasoning_effort: 'none' });
    expect(request('openai-chat', off, { model: 'o3' })).toMatchObject({ dropped: ['thinking'] });
    expect(Object.keys(body(off))).not.toContain('reasoning_effort');
    expect(body(off, { capabilities: { reasoning: 'switch' } })).toMatchObject({ thinking: { type: 'disabled' } });
    expect(body(off, { capabilities: { reasoning: 'budget' } })).toMatchObject({ reasoning: { enabled: false } });
  });

  it('[C13] TR-52 makes a budget legal', () => {
    const capabilities = { reasoning: 'budget' as const };
    expect(body(on(9000, 4000), { capabilities })).toMatchObject({ reasoning: { max_tokens: 3999 } });
    expect(body(on(10), { capabilities })).toMatchObject({ reasoning: { max_tokens: 1024 } });
    expect(body({ thinking: { type: 'adaptive' }, output_config: { effort: 'max' } }, { capabilities })).toMatchObject({
      reasoning: { effort: 'high' },
    });
    expect(body({ thinking: { type: 'adaptive' } }, { capabilities })).not.toHaveProperty('reasoning');
    expect(body({ thinking: { type: 'adaptive' } }, { capabilities: { reasoning: 'switch' } })).toMatchObject({
      thinking: { type: 'enabled' },
    });
  });
});

it('refuses what is no request', () => {
  for (const wanted of [{ messages: 'x' }, { messages: [1] }, { messages: [{ role: 'user', content: 7 }] }, { system: [1] }])
    expect(() => request('openai-chat', wanted)).toThrow(expect.objectContaining({ code: 'CCP_TRANSLATE_INVALID' }));
});
