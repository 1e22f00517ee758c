import type { JsonObject } from '@ccproxy/wire';
import { describe, expect, it } from 'vitest';
import { encodeForeignSignature } from '../core/foreign-signature.js';
import { after, call, image, keysOf, pdf, png, request, result, text, tool } from '../testing/request-bed.js';
import type { TranslateRequestOptions } from '../translate-request.js';

const body = (wanted: JsonObject, options: Partial<TranslateRequestOptions> = {}): JsonObject =>
  request('openai-chat', wanted, options).body;
const messages = (wanted: JsonObject, options: Partial<TranslateRequestOptions> = {}): JsonObject[] =>
  body(wanted, options)['messages'] as JsonObject[];
const dropped = (wanted: JsonObject, options: Partial<TranslateRequestOptions> = {}): readonly string[] =>
  request('openai-chat', wanted, options).dropped;

describe('conversation', () => {
  it('[C13] TR-1 TR-2 TR-3 TR-4 makes one system message of the texts, without attribution, cache marks and empty ones', () => {
    const system = [
      text('x-anthropic-billing-header: cc_version=2;'),
      { ...text('ONE'), cache_control: { type: 'ephemeral' } },
      text(' '),
      text('TWO'),
    ];
    const written = body({ system });
    expect(written['messages']).toEqual([
      { role: 'system', content: 'ONE\n\nTWO' },
      { role: 'user', content: 'hi' },
    ]);
    expect(keysOf(written).has('cache_control')).toBe(false);
    expect(messages({ system: 'plain' })[0]).toEqual({ role: 'system', content: 'plain' });
    for (const nothing of ['', [], null]) expect(messages({ system: nothing })).toHaveLength(1);
  });

  it('[C13] TR-5 keeps what the system says in the middle, at its place, behind results', () => {
    const mid = { role: 'system', content: [text('MID')], output_config: { effort: 'low' } };
    const wanted = {
      messages: [
        { role: 'user', content: 'start' },
        { role: 'assistant', content: [call('t1')] },
        mid,
        { role: 'user', content: [result('t1', 'R')] },
        { role: 'system', content: [] },
        { role: 'system', content: 'END' },
      ],
    };
    expect(messages(wanted).slice(1)).toEqual([
      { role: 'assistant', content: null, tool_calls: [{ id: 't1', type: 'function', function: { name: 'f', arguments: '{"q":"a"}' } }] },
      { role: 'tool', tool_call_id: 't1', content: 'R' },
      { role: 'user', content: '<system-reminder>\nMID\n</system-reminder>' },
      { role: 'user', content: '<system-reminder>\nEND\n</system-reminder>' },
    ]);
  });

  it('[C13] TR-5 names what a system message holds beside text', () => {
    const wanted = {
      messages: [
        { role: 'user', content: 'x' },
        { role: 'system', content: [text('T'), { type: 'tool_change' }] },
      ],
    };
    expect(request('openai-chat', wanted)).toMatchObject({
      dropped: ['system:tool_change'],
      body: { messages: [{}, { content: expect.stringContaining('T') as unknown }] },
    });
  });

  it('[C13] TR-6 TR-12 drops empty texts and messages, and joins neighbours', () => {
    const wanted = {
      messages: [
        { role: 'user', content: [text(''), text('né 漢字 🧑‍🚀')] },
        { role: 'user', content: 'two' },
        { role: 'assistant', content: [text(' ')] },
        { role: 'assistant', content: [] },
        { role: 'user', content: 'three' },
      ],
    };
    expect(messages(wanted)).toEqual([{ role: 'user', content: 'né 漢字 🧑‍🚀\n\ntwo\n\nthree' }]);
    expect(messages({ messages: [] })).toEqual([{ role: 'user', content: '(no text)' }]);
  });

  it('[C13] TR-7 TR-8 passes images as data or by address', () => {
    const url = { type: 'image', source: { type: 'url', url: 'https://x/y.png' } };
    expect(messages({ messages: [{ role: 'user', content: [image, url, text('look')] }] })[0]?.['content']).toEqual([
      { type: 'image_url', image_url: { url: `data:image/png;base64,${png}` } },
      { type: 'image_url', image_url: { url: 'https://x/y.png' } },
      { type: 'text', text: 'look' },
    ]);
  });

  it('[C13] TR-9 TR-10 never loses a document silently', () => {
    const user = (...content: unknown[]): JsonObject => ({ messages: [{ role: 'user', content }] });
    expect(messages(user(pdf))[0]?.['content']).toEqual([
      { type: 'file', file: { filename: 'a.pdf', file_data: 'data:application/pdf;base64,JVBERi0=' } },
    ]);
    const plain = { type: 'document', source: { type: 'text', media_type: 'text/plain', data: 'DOCTEXT' }, title: 'T' };
    expect(messages(user(plain))[0]?.['content']).toBe('<document>\n# T\n\nDOCTEXT\n</document>');
    const cited = { ...plain, context: 'From 2024.', citations: { enabled: true } };
    expect(messages(user(cited))[0]?.['content']).toBe('<document>\n# T\n\nFrom 2024.\n\nDOCTEXT\n</document>');
    expect([dropped(user(plain)), dropped(user(cited))]).toEqual([[], ['citations']]);
    const base64Text = {
      type: 'document',
      source: { type: 'base64', media_type: 'text/plain', data: Buffer.from('B64').toString('base64') },
    };
    const parts = { type: 'document', source: { type: 'content', content: [text('INNER')] } };
    expect(messages(user(base64Text, parts))[0]?.['content']).toContain('B64');
    expect(messages(user(parts))[0]?.['content']).toBe('INNER');
    const address = { type: 'document', source: { type: 'url', url: 'https://x/a.pdf' } };
    expect(JSON.stringify(messages(user(address)))).toContain('https://x/a.pdf');
    expect(dropped(user(address))).toEqual(['document-url']);
    const file = { type: 'document', source: { type: 'file', file_id: 'f1' } };
    expect(JSON.stringify(messages(user(file)))).toContain('could not be passed on');
    expect(dropped(user(file, { type: 'container_upload', file_id: 'x' }))).toEqual(['document', 'content:container_upload']);
  });

  it('[C13] TR-7 TR-9 leaves out what a model cannot see, says so, or refuses when strict', () => {
    const wanted = { messages: [{ role: 'user', content: [image, pdf] }] };
    const capabilities = { images: false, pdf: false };
    expect(request('openai-chat', wanted, { capabilities })).toMatchObject({ dropped: ['image', 'document'] });
    expect(JSON.stringify(messages(wanted, { capabilities }))).toMatch(
      /image stood here.*"a.pdf\\\\" stood here|An image stood here.*a\.pdf/s,
    );
    expect(() => request('openai-chat', wanted, { capabilities, strict: true })).toThrow(
      expect.objectContaining({ code: 'CCP_TRANSLATE_LOSSY', httpStatus: 400 }),
    );
    expect(request('openai-chat', { top_k: 3 }, { strict: true }).dropped).toEqual(['top_k']);
  });

  it('[C13] TR-11 TR-30 makes one message of text, calls and text', () => {
    const [, assistant] = messages(
      after(
        [text('PRE'), call('a', 'f', {}), text('POST'), { type: 'tool_use', id: 'b', name: 'g' }],
        [result('a', '1'), result('b', '2')],
      ),
    );
    expect(assistant).toEqual({
      role: 'assistant',
      content: 'PRE\n\nPOST',
      tool_calls: [
        { id: 'a', type: 'function', function: { name: 'f', arguments: '{}' } },
        { id: 'b', type: 'function', function: { name: 'g', arguments: '{}' } },
      ],
    });
  });

  it('[C13] TR-13 sends, drops or refuses a message to go on from', () => {
    const wanted = {
      messages: [
        { role: 'user', content: 'x' },
        { role: 'assistant', content: '{' },
      ],
    };
    expect(messages(wanted).at(-1)).toEqual({ role: 'assistant', content: '{' });
    expect(request('openai-chat', wanted, { capabilities: { prefill: 'drop' } })).toMatchObject({
      dropped: ['prefill'],
      body: { messages: [{ role: 'user' }] },
    });
    expect(() => request('openai-chat', wanted, { capabilities: { prefill: 'refuse' } })).toThrow(
      expect.objectContaining({ code: 'CCP_TRANSLATE_INVALID' }),
    );
  });
});

describe('reasoning of earlier turns', () => {
  const thinking = (signature: string): JsonObject => ({ type: 'thinking', thinking: 'secret thoughts', signature });
  const said = (...blocks: JsonObject[]): JsonObject => ({
    messages: [
      { role: 'user', content: 'a' },
      { role: 'assistant', content: [...blocks, text('answer')] },
      { role: 'user', content: 'b' },
    ],
  });
  const replay = { capabilities: { replayReasoning: true } };

  it('[C13] [C23] TR-14 TR-16 TR-17 never sends reasoning of another model, nor what a user calls thinking', () => {
    const wanted = said(
      { type: 'redacted_thinking', data: 'RDCT' },
      thinking('SIGSIG'),
      thinking(''),
      thinking(encodeForeignSignature({ family: 'gemini', payload: 'X' })),
    );
    for (const options of [{}, replay]) expect(JSON.stringify(body(wanted, options))).not.toMatch(/RDCT|SIGSIG|secret|ccp1/);
    expect(JSON.stringify(body({ messages: [{ role: 'user', content: [thinking('x'), text('hi')] }] }))).not.toContain('secret');
    expect(
      messages({
        messages: [
          { role: 'user', content: 'a' },
          { role: 'assistant', content: [thinking('x')] },
          { role: 'user', content: 'b' },
        ],
      }),
    ).toHaveLength(1);
  });

  it('[C13] [C23] TR-15 gives a model its own back where it wants it, and a placeholder where there is none', () => {
    const own = thinking(encodeForeignSignature({ family: 'openai-chat', payload: '' }));
    expect(messages(said(own), replay)[1]).toMatchObject({ content: 'answer', reasoning_content: 'secret thoughts' });
    expect(messages(said(own), { model: 'deepseek-reasoner' })[1]).toMatchObject({ reasoning_content: 'secret thoughts' });
    expect(messages(said(own), { capabilities: { replayReasoning: true, reasoningField: 'reasoning' } })[1]).toMatchObject({
      reasoning: 'secret thoughts',
    });
    expect(messages(said(thinking('foreign')), replay)[1]?.['reasoning_content']).toMatch(/\S/);
    expect(messages(said(own))[1]).toEqual({ role: 'assistant', content: 'answer' });
    expect(messages(said(own), { ...replay, family: 'other' })[1]?.['reasoning_content']).not.toContain('secret');
  });

  it('[C23] TR-85 restores reasoning_details from the signature, and only those', () => {
    const details = [{ type: 'reasoning.encrypted', data: 'D' }];
    const carried = (payload: string): JsonObject => thinking(encodeForeignSignature({ family: 'openai-chat', payload }));
    expect(messages(said(carried(JSON.stringify(details))))[1]).toMatchObject({ reasoning_details: details });
    expect(messages(said(carried(JSON.stringify(details))), { capabilities: { replayReasoning: false } })[1]).toEqual({
      role: 'assistant',
      content: 'answer',
    });
    for (const forged of ['{"a":1}', 'not json'])
      expect(messages(said(carried(forged)))[1]).toEqual({ role: 'assistant', content: 'answer' });
  });
});

describe('tools', () => {
  it('[C13] TR-20 TR-21 TR-22 declares functions with their schema and nothing else', () => {
    const extras = { type: 'custom', eager_input_streaming: true, defer_loading: true, input_examples: [{}], cache_control: {} };
    expect(
      body({ tools: [tool('f', extras), { name: 'bare' }, tool('typeless', { input_schema: { description: 'x' } })] })['tools'],
    ).toEqual([
      { type: 'function', function: { name: 'f', description: 'd f', parameters: tool('f')['input_schema'] } },
      { type: 'function', function: { name: 'bare', parameters: { type: 'object', properties: {} } } },
      {
        type: 'function',
        function: { name: 'typeless', description: 'd typeless', parameters: { description: 'x', type: 'object', properties: {} } },
      },
    ]);
  });

  it('[C13] TR-23 TR-24 TR-25 shortens and cleans names, the same everywhere, and gives them back', () => {
    const long = `mcp__${'x'.repeat(80)}_one`;
    const odd = 'näme with spaces';
    const wanted = {
      ...after([call('t', long), call('u', odd)], [result('t', ''), result('u', '')]),
      tools: [tool(long), tool(`${long}2`), tool(odd), tool('')],
      tool_choice: { type: 'tool', name: long },
    };
    const translated = request('openai-chat', wanted);
    const names = (translated.body['tools'] as { function: { name: string } }[]).map((one) => one.function.name);
    expect(new Set(names).size).toBe(4);
    for (const name of names) expect(name).toMatch(/^[a-zA-Z0-9_-]{1,64}$/);
    expect(translated.body['tool_choice']).toEqual({ type: 'function', function: { name: names[0] } });
    expect(JSON.stringify(translated.body['messages'])).toContain(`"name":"${names[0]}"`);
    expect(names.map((name) => translated.context.toolNames.toClient(name))).toEqual([long, `${long}2`, odd, '']);
  });

  it.each([
    [{ type: 'auto' }, { tool_choice: 'auto' }],
    [{ type: 'any' }, { tool_choice: 'required' }],
    [{ type: 'none' }, { tool_choice: 'none' }],
    [{ type: 'tool', name: 'g' }, { tool_choice: { type: 'function', function: { name: 'g' } } }],
    [{ type: 'auto', disable_parallel_tool_use: true }, { parallel_tool_calls: false }],
  ])('[C13] TR-26 TR-27 TR-28 tool_choice %j', (choice, expected) => {
    expect(body({ tools: [tool('f'), tool('g')], tool_choice: choice })).toMatchObject(expected);
    expect(keysOf(body({ tool_choice: choice })).has('tool_choice')).toBe(false);
  });

  it('[C13] TR-29 leaves out what the model refuses, and says so', () => {
    const wanted = (choice: JsonObject): JsonObject => ({ tools: [tool('f')], tool_choice: choice });
    const capabilities = { toolChoice: false, parallelTools: false };
    expect(request('openai-chat', wanted({ type: 'any', disable_parallel_tool_use: true }), { capabilities }).dropped).toEqual([
      'disable_parallel_tool_use',
      'tool_choice',
    ]);
    expect(body(wanted({ type: 'none' }), { capabilities })['tools']).toBeUndefined();
    expect(request('openai-chat', wanted({ type: 'auto' }), { capabilities }).dropped).toEqual([]);
    expect(request('openai-chat', wanted({ type: 'auto' }), { capabilities: { tools: false } })).toMatchObject({ dropped: ['tools'] });
  });

  it('[C13] TR-31 TR-32 TR-34 TR-35 answers every call at once, in their order, before what the user says', () => {
    const wanted = after(
      [call('a'), call('b'), call('c'), call('d')],
      [
        text('AND'),
        result('b', [text('two'), text('more')]),
        result('a', 'boom', { is_error: true }),
        { type: 'tool_result', tool_use_id: 'c' },
        result('d', [], { is_error: true }),
      ],
    );
    expect(messages(wanted).slice(2)).toEqual([
      { role: 'tool', tool_call_id: 'a', content: '[tool error] boom' },
      { role: 'tool', tool_call_id: 'b', content: 'two\n\nmore' },
      { role: 'tool', tool_call_id: 'c', content: '' },
      { role: 'tool', tool_call_id: 'd', content: '[tool error]' },
      { role: 'user', content: 'AND' },
    ]);
  });

  it('[C13] TR-33 TR-36 puts pictures of results behind the last of them', () => {
    const wanted = after([call('a'), call('b', 'g')], [result('a', [text('see'), image]), result('b', [image, pdf]), text('so?')]);
    expect(messages(wanted).slice(2)).toEqual([
      { role: 'tool', tool_call_id: 'a', content: 'see' },
      { role: 'tool', tool_call_id: 'b', content: '[Its content follows in the next message.]' },
      {
        role: 'user',
        content: [
          { type: 'text', text: '[Content returned by f:]' },
          { type: 'image_url', image_url: { url: `data:image/png;base64,${png}` } },
          { type: 'text', text: '[Content returned by g:]' },
          { type: 'image_url', image_url: { url: `data:image/png;base64,${png}` } },
          { type: 'file', file: { filename: 'a.pdf', file_data: 'data:application/pdf;base64,JVBERi0=' } },
          { type: 'text', text: 'so?' },
        ],
      },
    ]);
    const found = [
      { type: 'search_result', title: 'T', source: 'S', content: [text('C')] },
      { type: 'tool_reference', tool_name: 'X' },
    ];
    expect(messages(after([call('a')], [result('a', found)]))[2]?.['content']).toBe('T\nS\nC\n\n[Loaded tool: X]');
  });

  it('[C13] TR-37 survives results without calls and calls without results', () => {
    const orphan = messages({ messages: [{ role: 'user', content: [result('gone', 'LOST')] }] });
    expect(orphan).toEqual([{ role: 'user', content: expect.stringContaining('LOST') as unknown }]);
    const open = messages({
      messages: [
        { role: 'user', content: 'x' },
        { role: 'assistant', content: [call('a'), call('a')] },
        { role: 'user', content: [result('a', '1'), result('a', '2'), result('a', '3')] },
      ],
    });
    expect(open.slice(2).map((message) => message['content'])).toEqual(['1', '2', expect.stringContaining('3')]);
    const last = messages({
      messages: [
        { role: 'user', content: 'x' },
        { role: 'assistant', content: [call('a')] },
      ],
    });
    expect(last.at(-1)).toEqual({ role: 'tool', tool_call_id: 'a', content: expect.stringContaining('No result') as unknown });
    const skipped = messages(after([call('a')], 'never mind'));
    expect(skipped.map((message) => message['role'])).toEqual(['user', 'assistant', 'tool', 'user']);
  });

  it('[C13] TR-37 tells a model without tools of earlier calls in words', () => {
    const told = messages(after([text('PRE'), call('a')], [result('a', 'R')]), { capabilities: { tools: false } });
    expect(told.slice(1)).toEqual([
      { role: 'assistant', content: 'PRE\n\n[f: {"q":"a"}]' },
      { role: 'user', content: '[Result of a tool call]\n\nR' },
    ]);
  });

  it('[C13] TR-38 shortens ids the same in call and result, and unwraps those it wrapped itself', () => {
    const long = 'x'.repeat(100);
    const wrapped = `ccpid_${Buffer.from('functions.Bash:0').toString('base64url')}`;
    const [, assistant, first, second] = messages(
      after([call(long), call(wrapped), call('')], [result(long, '1'), result(wrapped, '2'), result('', '3')]),
    );
    const ids = ((assistant?.['tool_calls'] ?? []) as { id: string }[]).map((one) => one.id);
    expect(ids[0]).toHaveLength(64);
    expect([first?.['tool_call_id'], second?.['tool_call_id']]).toEqual([ids[0], 'functions.Bash:0']);
  });

  it('[C13] TR-39 TR-40 never makes a function of a server tool', () => {
    const search = { type: 'web_search_20250305', name: 'web_search', max_uses: 3 };
    const wanted = { tools: [search, tool('web_search'), tool('f'), { type: 'bash_20250124', name: 'bash' }] };
    const names = (written: JsonObject): unknown => (written['tools'] as { function: { name: string } }[]).map((one) => one.function.name);
    expect(names(body(wanted))).toEqual(['web_search', 'f']);
    expect(dropped(wanted)).toEqual(['tool:web_search_20250305', 'tool:bash_20250124']);
    const able = request('openai-chat', wanted, { capabilities: { webSearch: true } });
    expect(able.body).toMatchObject({ web_search_options: {} });
    expect(names(able.body)).toEqual(['f']);
    expect(able.dropped).toEqual(['tool:bash_20250124']);
    expect(body({ tools: [search] }, { capabilities: { webSearch: true } })).not.toHaveProperty('tools');
  });

  it('[C13] TR-41 keeps searches of earlier turns as text, calls last', () => {
    const blocks = [
      { type: 'server_tool_use', id: 's', name: 'web_search', input: { query: 'QUERY' } },
      {
        type: 'web_search_tool_result',
        tool_use_id: 's',
        content: [{ type: 'web_search_result', title: 'TITLE', url: 'https://u', encrypted_content: 'ENC' }],
      },
      { type: 'code_execution_tool_result', content: { stdout: 'OUT' } },
      { type: 'mcp_tool_use', name: 'm', input: { a: 1 } },
      { type: 'image', source: {} },
      { type: 'from_the_future' },
      call('a'),
    ];
    const translated = request('openai-chat', after(blocks, [result('a', 'x')]));
    const written = JSON.stringify(translated.body['messages']);
    for (const wanted of ['QUERY', 'TITLE - https://u', 'OUT', '[m: ']) expect(written).toContain(wanted);
    expect(written).not.toContain('ENC');
    expect(translated.dropped).toEqual(['assistant-media', 'content:from_the_future']);
  });
});
