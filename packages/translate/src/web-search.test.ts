import { describe, expect, it } from 'vitest';
import { decodePageText, encodePageText, foreignSearchId, foreignSearchMark } from './core/search-ids.js';
import type { WireApi } from './core/wire-api.js';
import { streamed, whole } from './testing/answer-bed.js';
import { request, text, tool } from './testing/request-bed.js';

const search = { type: 'web_search_20250305', name: 'web_search', max_uses: 3 };
const bytes = (events: readonly unknown[]): Buffer[] => [Buffer.from(events.map((event) => `data: ${JSON.stringify(event)}\n\n`).join(''))];

const note = { type: 'url_citation', start_index: 0, end_index: 5, url: 'https://a.example', title: 'A' };
const message = { type: 'message', id: 'm', content: [{ type: 'output_text', text: 'Found it.', annotations: [note] }] };
const call = { type: 'web_search_call', id: 's', action: { type: 'search', query: 'Q', sources: [{ url: 'https://a.example' }] } };
const response = { status: 'completed', output: [call, message], usage: { input_tokens: 5, output_tokens: 2 } };
const candidate = {
  content: { parts: [{ text: 'Found it.' }] },
  finishReason: 'STOP',
  groundingMetadata: {
    webSearchQueries: ['Q'],
    groundingChunks: [{ web: { uri: 'https://a.example', title: 'A' } }],
    groundingSupports: [{ segment: { text: 'Found' }, groundingChunkIndices: [0, 7] }],
  },
};
const gemini = { candidates: [candidate], usageMetadata: { promptTokenCount: 5, candidatesTokenCount: 2 } };
const chatNote = { type: 'url_citation', url_citation: { url: 'https://a.example', title: 'A' } };
const chatEnd = { choices: [{ delta: {}, finish_reason: 'stop' }], usage: { prompt_tokens: 5, completion_tokens: 2 } };

/** The same answer of each API that searches, streamed and whole. */
const answers: readonly (readonly [api: WireApi, events: readonly unknown[], document: unknown])[] = [
  [
    'openai-responses',
    [
      { type: 'response.output_item.done', output_index: 0, item: call },
      { type: 'response.output_text.delta', output_index: 1, content_index: 0, delta: 'Found it.' },
      { type: 'response.output_text.annotation.added', output_index: 1, content_index: 0, annotation: note },
      { type: 'response.output_item.done', output_index: 1, item: message },
      { type: 'response.completed', response },
    ],
    response,
  ],
  ['gemini', [gemini], gemini],
  [
    'openai-chat',
    [{ choices: [{ delta: { content: 'Found it.' } }] }, { choices: [{ delta: { annotations: [chatNote] } }] }, chatEnd],
    {
      choices: [{ message: { role: 'assistant', content: 'Found it.', annotations: [chatNote] }, finish_reason: 'stop' }],
      usage: chatEnd.usage,
    },
  ],
];

describe('searches a provider made itself', () => {
  it.each(answers)('[C13] TR-39 TR-109 %s: calls, pages, citations and their number, streamed and whole alike', (api, events, document) => {
    const stream = streamed(api, bytes(events));
    expect(stream).toMatchObject({ violations: [], stopReason: 'end_turn' });
    const call = stream.content.find((block) => block['type'] === 'server_tool_use');
    expect(call).toMatchObject({ name: 'web_search', input: { query: api === 'openai-chat' ? '' : 'Q' } });
    expect(stream.content.find((block) => block['type'] === 'web_search_tool_result')).toMatchObject({
      tool_use_id: call?.['id'],
      content: [{ type: 'web_search_result', url: 'https://a.example' }],
    });
    expect(stream.content.find((block) => block['type'] === 'text')).toMatchObject({
      text: 'Found it.',
      citations: [{ type: 'web_search_result_location', url: 'https://a.example', title: 'A' }],
    });
    expect(stream.usage).toMatchObject({ server_tool_use: { web_search_requests: 1 } });
    expect(whole(api, document)).toMatchObject({ content: stream.content, usage: stream.usage });
    expect(whole(api, bytes(events).toString())).toEqual(whole(api, document));
  });

  it('[C13] TR-39 a search of Gemini that found nothing is told, too', () => {
    const metadata = { webSearchQueries: ['Q'], groundingChunks: [] };
    const { content } = streamed('gemini', bytes([{ candidates: [{ ...candidate, groundingMetadata: metadata }] }]));
    expect(content).toMatchObject([{ type: 'text' }, { type: 'server_tool_use' }, { type: 'web_search_tool_result', content: [] }]);
  });
});

describe('requests for a search', () => {
  it('[C13] TR-39 leaves to the caller what the provider does not run, when the caller asks for it', () => {
    const tools = [search, { type: 'web_fetch_20250910', name: 'web_fetch' }, { type: 'bash_20250124', name: 'bash' }, tool('f')];
    const left = request('openai-chat', { tools }, { servesWebTools: true });
    expect(left.unserved).toEqual(['web_search_20250305', 'web_fetch_20250910']);
    expect(left.dropped).toEqual(['tool:bash_20250124']);
    const able = request('openai-responses', { tools }, { servesWebTools: true, model: 'gpt-5' });
    expect(able.unserved).toEqual(['web_fetch_20250910']);
    expect(request('gemini', { tools: [search, tool('f')] }, { servesWebTools: true }).unserved).toEqual(['web_search']);
    expect(request('openai-chat', { tools }).unserved).toEqual([]);
  });

  it('[C13] TR-39 a choice of the search offers nothing else: no provider is told to call a function it does not have', () => {
    const wanted = { tools: [search, tool('f')], tool_choice: { type: 'tool', name: 'web_search' } };
    const responses = request('openai-responses', wanted, { model: 'gpt-5' }).body;
    expect(responses).toMatchObject({ tools: [{ type: 'web_search' }], tool_choice: 'required' });
    const google = request('gemini', wanted);
    expect(google.body).toMatchObject({ tools: [{ googleSearch: {} }] });
    expect(google.body).not.toHaveProperty('toolConfig');
    const chat = request('openai-chat', wanted, { capabilities: { webSearch: true } }).body;
    expect(chat).toMatchObject({ web_search_options: {} });
    expect(chat).not.toHaveProperty('tool_choice');
  });

  it('[C13] TR-41 the text of pages found by ccproxy is in the conversation of the next turn', () => {
    const id = foreignSearchId('msg_1', '0');
    const page = { type: 'web_search_result', title: 'T', url: 'https://u', encrypted_content: encodePageText('search', 'PAGE TEXT') };
    const assistant = [
      { type: 'server_tool_use', id, name: 'web_search', input: { query: 'Q' } },
      { type: 'web_search_tool_result', tool_use_id: id, content: [page] },
      text('done'),
    ];
    const messages = [
      { role: 'user', content: 'q' },
      { role: 'assistant', content: assistant },
      { role: 'user', content: 'more' },
    ];
    const sent = JSON.stringify(request('openai-chat', { messages }).body);
    expect(sent).toContain('T - https://u\\nPAGE TEXT');
    expect(id.startsWith(foreignSearchMark)).toBe(true);
    expect(decodePageText('EqMBCkYIBBgCKkD')).toBe('');
  });
});
