import { Anthropic } from '@anthropic-ai/sdk';
import { createProcesses, createTempHome, startDaemon } from '@ccproxy-internal/test-kit';
import type { ServerResponse } from 'node:http';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { dialectNames, type DialectName } from './dialects.ts';
import { foreignConfig } from './foreign-config.ts';
import { byteByByte, type ForeignModel, startForeignModel } from './foreign-model.ts';
import type { Said } from './said.ts';
import { foundPage, type SearchEngine, startSearchEngine } from './search-engine.ts';

const token = 'token-of-the-gateway';
let stack: AsyncDisposableStack;
let model: ForeignModel;
let engine: SearchEngine;
let url: string;
let said: (body: string) => Said = () => ({});
let deliver = byteByByte;

beforeAll(async () => {
  stack = new AsyncDisposableStack();
  model = stack.use(
    await startForeignModel(
      (body) => said(body),
      (response, events) => deliver(response, events),
    ),
  );
  engine = stack.use(await startSearchEngine());
  const home = stack.use(createTempHome());
  const processes = stack.use(createProcesses());
  const { providers, models } = foreignConfig(model.url);
  const config = {
    server: { authKey: token },
    providers,
    models: { ...models, default: models['via-chat'] },
    retry: { join: false },
    webSearch: { searxng: engine.url },
  };
  ({ url } = await startDaemon({ home, processes, config }));
});
afterAll(() => stack.disposeAsync());

const client = (): Anthropic =>
  new Anthropic({ baseURL: url, apiKey: 'dummy', maxRetries: 0, defaultHeaders: { 'x-ccproxy-token': token } });
const tool = (name: string) => ({ name, input_schema: { type: 'object' as const } });
const ask = (name: DialectName) => ({
  model: `via-${name}`,
  max_tokens: 2000,
  messages: [{ role: 'user' as const, content: 'go' }],
  tools: [tool('look'), tool('find')],
});
const calls = [
  { id: 'functions.look:0', name: 'look', input: { at: ['ü', 1, null], deep: { x: '"\\\n' } } },
  { id: 'functions.find:1', name: 'find', input: {} },
];

/** Answers every API can give. */
const table: readonly (readonly [what: string, said: Said])[] = [
  ['a text', { text: 'Hello, wörld ✓ 🚀\r\n\u2028 "quoted"' }],
  ['thinking and a text', { thinking: 'Let me see: 漢字', text: 'Seen.' }],
  ['one call', { calls: calls.slice(0, 1) }],
  ['thinking, a text and two calls at once', { thinking: 'Both.', text: 'I look – and find.', calls }],
  ['an answer that was cut', { text: 'It goes on and', cut: true }],
];

/** Without what is random (ids of messages, and of calls of APIs that have none) and what the client itself adds to a stream. */
const timeless = (message: object): unknown =>
  JSON.parse(JSON.stringify({ ...message, parsed_output: undefined }).replaceAll(/"(?:msg_|toolu_msg|srvtoolu_ccp_msg)[a-z0-9]+/g, '"ID'));

/** The two ways to the same answer, as the official client reads them. */
async function bothWays(
  body: Anthropic.MessageCreateParamsNonStreaming,
): Promise<readonly [streamed: Anthropic.Message, whole: Anthropic.Message]> {
  const streamed = await client().messages.stream(body).finalMessage();
  return [streamed, await client().messages.create(body)];
}

describe('the official client as the judge', () => {
  for (const name of dialectNames) {
    it.each(table)(`[C11 C13] ${name}: %s is the same streamed, byte by byte, and whole`, async (_what, answer) => {
      said = () => answer;
      deliver = byteByByte;
      const [streamed, whole] = await bothWays(ask(name));
      expect(timeless(streamed)).toEqual(timeless(whole));
      const textOf = (type: 'text' | 'thinking'): string =>
        streamed.content.map((block) => (block.type === type ? Object.entries(block).find(([key]) => key === type)?.[1] : '')).join('');
      expect(textOf('text')).toBe(answer.text ?? '');
      expect(textOf('thinking')).toBe(answer.thinking ?? '');
      const called = streamed.content.filter((block) => block.type === 'tool_use');
      expect(called.map(({ name: of, input }) => ({ name: of, input }))).toEqual(
        (answer.calls ?? []).map(({ name: of, input }) => ({ name: of, input })),
      );
      expect(streamed.stop_reason).toBe(answer.cut === true ? 'max_tokens' : called.length > 0 ? 'tool_use' : 'end_turn');
      expect(streamed.usage).toMatchObject({ input_tokens: 1000, output_tokens: 20 });
    });

    it(`[C11 C13] ${name}: a web search is the same streamed and whole`, async () => {
      const query = 'the query';
      const own = name === 'responses' || name === 'gemini';
      said = (body) => {
        if (own) return { search: { query, url: foundPage.url }, text: 'Found.' };
        return body.includes(foundPage.content) ? { text: 'Found.' } : { calls: [{ id: 'call_1', name: 'web_search', input: { query } }] };
      };
      deliver = byteByByte;
      const search = { type: 'web_search_20250305' as const, name: 'web_search' as const };
      const [streamed, whole] = await bothWays({ ...ask(name), tools: [search] });
      expect(timeless(streamed)).toEqual(timeless(whole));
      const { content, stop_reason: stop, usage } = streamed;
      expect(stop).toBe('end_turn');
      expect(usage.server_tool_use).toMatchObject({ web_search_requests: 1 });
      const call = content.find((block) => block.type === 'server_tool_use');
      expect(call).toMatchObject({ name: 'web_search', input: { query } });
      expect(content.find((block) => block.type === 'web_search_tool_result')).toMatchObject({
        tool_use_id: call?.id,
        content: [{ type: 'web_search_result', url: foundPage.url }],
      });
      const cited = { citations: [{ type: 'web_search_result_location', url: foundPage.url }] };
      expect(content.find((block) => block.type === 'text')).toMatchObject({ text: 'Found.', ...(own ? cited : {}) });
    });
  }
});

describe('a piece of an answer', () => {
  it.each(dialectNames)('[C12 C13] %s: leaves before the next one comes', async (name) => {
    const text = 'one two three four five';
    let received = '';
    const waiting = new Map<number, () => void>();
    /** Settles when the client has so many characters. */
    const has = (count: number): Promise<void> =>
      received.length >= count ? Promise.resolve() : new Promise((resolve) => waiting.set(count, resolve));
    said = () => ({ text });
    let sent = 0;
    deliver = async (response: ServerResponse, events) => {
      // The client must have all of one piece before the next is sent.
      for (const event of events) {
        response.write(event);
        const [, piece = ''] = /^(?!event: response\.output_item)[^]*"(?:content|text|delta)":"([^"]*)"/.exec(event) ?? [];
        sent += event.includes('response.completed') ? 0 : piece.length;
        await has(sent);
      }
      response.end();
    };
    const stream = client().messages.stream(ask(name));
    stream.on('text', (delta) => {
      received += delta;
      for (const [count, resolve] of waiting) if (received.length >= count) resolve();
    });
    const message = await stream.finalMessage();
    expect(message.content).toMatchObject([{ type: 'text', text }]);
    expect(waiting.size).toBeGreaterThan(2);
  });
});
