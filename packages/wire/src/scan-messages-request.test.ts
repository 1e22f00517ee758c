import { describe, expect, it } from 'vitest';
import type { MessagesView } from './messages-view.js';
import { scanMessagesRequest } from './scan-messages-request.js';

const view = (body: unknown): MessagesView => {
  const result = scanMessagesRequest(Buffer.from(typeof body === 'string' ? body : JSON.stringify(body)));
  if (!result.ok) throw new Error(result.message);
  return result.view;
};
const refusal = (body: string | Uint8Array) => {
  const result = scanMessagesRequest(Buffer.from(body));
  if (result.ok) throw new Error('accepted');
  return result;
};
const minimal = '{"model":"x","messages":[]}';

describe('scanMessagesRequest', () => {
  it('reads what a main turn of the client holds', () => {
    const userId = JSON.stringify({ device_id: 'd', account_uuid: '', session_id: 'abc' });
    const turn = view({
      model: 'claude-opus-5-5',
      messages: [
        { role: 'user', content: [{ type: 'text', text: 'hello' }] },
        { role: 'system', content: [], output_config: { effort: 'low' } },
        { role: 'assistant', content: 'hi' },
      ],
      system: [{ type: 'text', text: 'x', cache_control: { type: 'ephemeral' } }],
      tools: [
        { name: 'Bash', input_schema: { properties: { name: { type: 'string' } } } },
        { type: 'web_search_20250305', name: 'web_search' },
        { type: 'mcp_toolset' },
      ],
      metadata: { user_id: userId },
      max_tokens: 32_000,
      thinking: { type: 'enabled', budget_tokens: 31_999, display: 'omitted' },
      tool_choice: { type: 'tool', name: 'Bash' },
      stream: true,
    });
    expect(turn).toMatchObject({
      model: 'claude-opus-5-5',
      modelSpan: { start: 9, end: 26 },
      stream: true,
      maxTokens: 32_000,
      thinking: { type: 'enabled', budgetTokens: 31_999 },
      tools: [{ name: 'Bash' }, { name: 'web_search', type: 'web_search_20250305' }, { name: '', type: 'mcp_toolset' }],
      toolChoice: { type: 'tool', name: 'Bash' },
      metadataUserId: userId,
      hasImage: false,
      via: 'parse',
    });
    expect(turn.messages.map(({ role }) => role)).toEqual(['user', 'system', 'assistant']);
  });

  it('reads a count_tokens body, which has no max_tokens', () => {
    expect(view({ model: 'm', messages: [{ role: 'user', content: 'foo' }], tools: [] })).toMatchObject({
      stream: false,
      tools: [],
      via: 'scan',
    });
    expect(view('{"model":"m","messages":[],"max_tokens":null,"stream":null}')).not.toHaveProperty('maxTokens');
  });

  it('finds images in content and in tool results, and weighs base64 apart from text', () => {
    const image = { type: 'image', source: { type: 'base64', media_type: 'image/png', data: 'A'.repeat(400) } };
    const pdf = { type: 'document', source: { type: 'base64', data: 'B'.repeat(100) } };
    const plain = { type: 'document', source: { type: 'text', data: 'plain text' } };
    const messages = [
      {
        role: 'user',
        content: [image, pdf, plain, { type: 'tool_result', content: [image, { type: 'image', source: { type: 'url', url: 'u' } }] }],
      },
    ];
    expect(view({ model: 'm', messages })).toMatchObject({ hasImage: true, media: { images: 3, imageBytes: 800, documentBytes: 100 } });
    expect(view({ model: 'm', messages: [{ role: 'user', content: [{ type: 'text', text: '{"type":"image"}' }] }] }).hasImage).toBe(false);
    expect(view('{"model":"m","messages":[{"role":"user","content":[{"type":"im\\u0061ge"}]}]}').hasImage).toBe(true);
    const twice = `{"role":"user","content":[${JSON.stringify(image)}],"content":[]}`;
    expect(view(`{"model":"m","messages":[${twice}]}`).media.images).toBe(0);
  });

  it('[F1] takes the last of duplicate keys and decodes escaped ones', () => {
    expect(view('{"model":{"$ne":1},"messages":"x","model":"b","messages":[],"max_tokens":"1","max_tokens":1e2}')).toMatchObject({
      model: 'b',
      maxTokens: 100,
    });
    expect(view('{"\\u006dodel":"a\\u0062","messages":[]}')).toMatchObject({
      model: 'ab',
      modelSpan: { start: 14, end: 23 },
      via: 'parse',
    });
    expect(refusal('{"model":"a","messages":[],"model":1}').message).toBe('model: expected a string');
    expect(view('{"model":"a","messages":[],"thinking":{"type":"enabled"},"thinking":7}')).not.toHaveProperty('thinking');
  });

  it('[F1] skips a BOM and keeps offsets of the real bytes; invalid UTF-8 and lone surrogates pass', () => {
    expect(view(`\ufeff${minimal}`).modelSpan).toEqual({ start: 12, end: 15 });
    const broken = Buffer.concat([
      Buffer.from('{"model":"x","messages":[{"role":"user","content":"'),
      Buffer.from([0xff, 0xfe, 0xc0, 0x80, 0xed, 0xa0, 0x80]),
      Buffer.from('"}]}'),
    ]);
    expect(scanMessagesRequest(broken)).toMatchObject({ ok: true });
    expect(view('{"model":"x\\ud800\\u0000","messages":[{"role":"user","content":"\\udfff"}]}').model).toBe('x\ud800\u0000');
    expect(refusal(Buffer.from(minimal, 'utf16le')).reason).toBe('syntax');
  });

  it.each([
    ['truncated', '{"model": "x", ', 'syntax'],
    ['empty', ' ', 'syntax'],
    ['null', 'null', 'shape'],
    ['array', '[]', 'shape'],
    ['string', '"x"', 'shape'],
    ['types', '{"model":{"$ne":1},"max_tokens":"1e9","messages":"x"}', 'shape'],
    ['single quotes', "{'model':1}//", 'syntax'],
    ['NaN', '{"model":"x","max_tokens":1,"messages":NaN}', 'syntax'],
    ['1e999', '{"model":"x","max_tokens":1e999,"messages":[]}', 'shape'],
    ['negative max_tokens', '{"model":"x","max_tokens":-1,"messages":[]}', 'shape'],
    ['stream', '{"model":"x","stream":"yes","messages":[]}', 'shape'],
    ['no model', '{"messages":[]}', 'shape'],
    ['no messages', '{"model":"x"}', 'shape'],
    ['role', '{"model":"x","messages":[{"role":1}]}', 'shape'],
    ['message', '{"model":"x","messages":[0,{"role":1}]}', 'shape'],
    ['trailing garbage', `${minimal}{}`, 'syntax'],
    ['unbalanced', '{"model":"x","messages":[],"a":[}]}', 'syntax'],
    ['unbalanced object', '{"model":"x","messages":[],"a":[{"b":1]]}', 'syntax'],
    ['comma', '{"model":"x","messages":[],}', 'syntax'],
    ['comma in array', '{"model":"x","messages":[],"a":[1,]}', 'syntax'],
    ['colon', '{"model" "x","messages":[]}', 'syntax'],
    ['key', '{"model":"x","messages":[],"a":{1:2}}', 'syntax'],
    ['number', '{"model":"x","messages":[],"a":01}', 'syntax'],
    ['fraction', '{"model":"x","messages":[],"a":1.}', 'syntax'],
    ['literal', '{"model":"x","messages":[],"a":trve}', 'syntax'],
    ['unterminated', '{"model":"x","messages":[],"a":"\\"}', 'syntax'],
    ['control character in the model', '{"model":"a\nb","messages":[]}', 'syntax'],
    ['after an element', '{"model":"x","messages":[{"role":"user"} {"role":"user"}]}', 'syntax'],
  ])('[F1] refuses: %s', (_name, body, reason) => {
    expect(refusal(body)).toMatchObject({ reason, message: expect.stringMatching(/^[^\n]{5,160}$/) as string });
  });

  it.each(['\\\\', '\\"', '\\\\\\"', '\\\\\\\\', '\\n'])('[F1] finds the end of a long string that ends in %s', (end) => {
    const long = `${'a'.repeat(50)}${end}`;
    expect(view(`{"model":"x","system":"${long}","messages":[]}`).system).toEqual({ start: 22, end: 24 + long.length });
  });

  it('[F1] stays linear on nesting, many elements, many keys, digits and escapes', () => {
    const deep = 100_000;
    expect(refusal(`{"model":"x","messages":${'['.repeat(deep)}${']'.repeat(deep)}}`).reason).toBe('shape');
    expect(view(`{"model":"x","messages":[],"a":${'{"a":'.repeat(deep)}1${'}'.repeat(deep)}}`).model).toBe('x');
    expect(refusal(`{"model":"x","messages":[${'0,'.repeat(500_000)}0]}`).message).toBe('messages.0: expected an object');
    expect(refusal(`{${Array.from({ length: 200_000 }, (_, index) => `"k${index}":0`).join(',')}}`).message).toBe('model: field required');
    expect(refusal(`{"model":"x","messages":[],"max_tokens":${'9'.repeat(2_000_000)}}`).reason).toBe('shape');
    expect(view(`{"model":"x","messages":[{"role":"user","content":"${'\\u0061\\"'.repeat(500_000)}"}]}`).messages).toHaveLength(1);
    expect(refusal('['.repeat(2_000_000)).message).toContain('levels of nesting');
  });

  it('bounds how many messages and tools it keeps', () => {
    expect(refusal(`{"model":"x","messages":[${'{"role":"u"},'.repeat(100_000)}{"role":"u"}]}`).message).toBe(
      'messages: more than 100000 entries',
    );
    expect(refusal(`{"model":"x","messages":[],"tools":[${'{},'.repeat(100_000)}{}]}`).message).toBe('tools: more than 100000 entries');
  });
});
