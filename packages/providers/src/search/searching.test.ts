import type { CapabilityRule, ProviderConfig, WebSearchConfig } from '@ccproxy/config';
import { silentLogger, systemClock } from '@ccproxy/kernel';
import { decodePageText, foreignSearchMark } from '@ccproxy/translate';
import { createStreamGrammar, type JsonObject, parseJsonObject, SseDecoder } from '@ccproxy/wire';
import { afterEach, describe, expect, it } from 'vitest';
import { createProvider } from '../create-provider.js';
import type { ProviderRequest } from '../provider.js';
import { type Collected, collect } from '../testing/collect.js';
import { type Behaviour, type Exchange, FakeUpstream } from '../testing/fake-upstream.js';
import { createWebSearch } from './create-web-search.js';

const open: FakeUpstream[] = [];
afterEach(() => Promise.all(open.splice(0).map((fake) => fake.close())));
const listen = async (behaviour: Behaviour): Promise<FakeUpstream> => {
  const fake = await FakeUpstream.listen(behaviour);
  open.push(fake);
  return fake;
};

interface Said {
  readonly text?: string;
  readonly calls?: readonly (readonly [name: string, input: string])[];
  readonly finish?: string;
}

/** A model of the chat protocol that says these things, one after the other; the last again and again. */
const model = (...turns: readonly Said[]): Behaviour => {
  let turn = 0;
  return ({ response }) => {
    const { text, calls = [], finish = calls.length > 0 ? 'tool_calls' : 'stop' } = turns[Math.min(turn, turns.length - 1)] ?? {};
    turn += 1;
    const called = calls.map(([name, input], index) => ({
      index,
      id: `call_${turn}_${index}`,
      type: 'function',
      function: { name, arguments: input },
    }));
    const deltas = [...(text === undefined ? [] : [{ content: text }]), ...called.map((call) => ({ tool_calls: [call] }))];
    const usage = { prompt_tokens: 100, completion_tokens: 10 };
    const chunks = [...deltas.map((delta) => ({ choices: [{ delta }] })), { choices: [{ delta: {}, finish_reason: finish }], usage }];
    response.writeHead(200, { 'content-type': 'text/event-stream' });
    response.end(`${chunks.map((chunk) => `data: ${JSON.stringify(chunk)}\n\n`).join('')}data: [DONE]\n\n`);
  };
};
const searches = (...queries: readonly string[]): Said => ({
  calls: queries.map((query) => ['web_search', JSON.stringify({ query })]),
});

const pages = ['docs.a.example', 'evil.example', 'b.example'].map((host) => ({
  url: `https://${host}/page`,
  title: `Title of ${host}`,
  content: `Text of ${host}`,
}));
const engine = ({ response }: Exchange): void => {
  response
    .writeHead(200, { 'content-type': 'application/json' })
    .end(JSON.stringify({ results: [{ url: 'javascript:alert(1)', title: 'no page' }, ...pages] }));
};

interface World {
  readonly model: FakeUpstream;
  readonly engine: FakeUpstream;
  readonly ask: (body?: JsonObject, rest?: Partial<ProviderRequest>) => Collected;
}

interface WorldOptions {
  readonly engine?: Behaviour;
  readonly search?: Partial<WebSearchConfig> | null;
  readonly type?: ProviderConfig['type'];
  readonly provider?: Partial<ProviderConfig>;
  readonly rules?: CapabilityRule[];
}

const tool = { type: 'web_search_20250305', name: 'web_search' };

async function world(behaviour: Behaviour, options: WorldOptions = {}): Promise<World> {
  const [fake, found] = [await listen(behaviour), await listen(options.engine ?? engine)];
  const deps = { clock: systemClock, logger: silentLogger, egress: { proxy: 'none', ca: [], env: {} }, random: Math.random };
  const settings = { searxng: found.url, apiKey: 'engine-key', results: 8, searches: 4, timeout: 5000 };
  const provider = createProvider(
    {
      name: 'p',
      type: options.type ?? 'openai',
      baseUrl: fake.url,
      auth: { kind: 'apiKey', value: 'sk-own' },
      timeouts: { connect: 5000, firstByte: 5000, idle: 5000, total: 60_000 },
      unavailable: undefined,
      ...options.provider,
    },
    { ...deps, capabilities: options.rules ?? [], ...(options.search === null ? {} : { webSearch: { ...settings, ...options.search } }) },
  );
  return {
    model: fake,
    engine: found,
    ask: (body = {}, rest = {}) => {
      const whole = { model: 'm', max_tokens: 100, stream: true, tools: [tool], messages: [{ role: 'user', content: 'q' }], ...body };
      return collect(provider, {
        method: 'POST',
        path: '/v1/messages',
        clientHeaders: {},
        body: Buffer.from(JSON.stringify(whole)),
        stream: whole.stream,
        ...rest,
      });
    },
  };
}

/** The events of an answer; they keep to the grammar. */
function eventsOf(text: string): JsonObject[] {
  const grammar = createStreamGrammar();
  const events = new SseDecoder().push(Buffer.from(text)).events.map(({ data }) => parseJsonObject(data) ?? {});
  expect([...events.flatMap((event) => grammar.push(event)), ...grammar.end()]).toEqual([]);
  return events;
}
const blocksOf = (text: string): unknown[] =>
  eventsOf(text).flatMap((event) => (event['type'] === 'content_block_start' ? [event['content_block']] : []));
const asked = (fake: FakeUpstream): JsonObject[] => fake.seen.map(({ body }) => parseJsonObject(body.toString('utf8')) ?? {});

describe('web search for a model without one', () => {
  it('[C13] searches, asks the model again, and streams one message with the blocks of a search', async () => {
    const { ask, model: fake, engine: found } = await world(model({ text: 'I look. ', ...searches('cats & dogs') }, { text: 'Found.' }));
    const got = ask();
    await got.settled;
    expect(got).toMatchObject({ status: 200, error: undefined });
    const content = blocksOf(got.text());
    expect(content).toMatchObject([
      { type: 'text' },
      { type: 'server_tool_use', name: 'web_search', input: {} },
      { type: 'web_search_tool_result', content: pages.map(({ url, title }) => ({ type: 'web_search_result', url, title })) },
      { type: 'text' },
    ]);
    const [, call, result] = content as { id?: string; tool_use_id?: string; content?: { encrypted_content: string }[] }[];
    expect(call?.id).toMatch(new RegExp(`^${foreignSearchMark}`));
    expect(result?.tool_use_id).toBe(call?.id);
    expect(decodePageText(result?.content?.[0]?.encrypted_content ?? '')).toBe('Text of docs.a.example');
    expect(got.text()).toContain(String.raw`"partial_json":"{\"query\":\"cats & dogs\"`);
    const end = eventsOf(got.text()).find(({ type }) => type === 'message_delta');
    expect(end).toMatchObject({
      delta: { stop_reason: 'end_turn' },
      usage: { input_tokens: 200, output_tokens: 20, server_tool_use: { web_search_requests: 1 } },
    });
    expect(found.last.path).toBe('/search?q=cats%20%26%20dogs&format=json');
    expect(found.last.headers).toMatchObject({ authorization: 'Bearer engine-key', 'user-agent': 'ccproxy' });
    const [first, second] = asked(fake);
    expect(first).toMatchObject({ tools: [{ type: 'function', function: { name: 'web_search', parameters: { required: ['query'] } } }] });
    expect(second?.['messages']).toMatchObject([
      { role: 'user' },
      { role: 'assistant', content: 'I look. ', tool_calls: [{ id: 'call_1_0', function: { arguments: '{"query":"cats & dogs"}' } }] },
      { role: 'tool', tool_call_id: 'call_1_0', content: expect.stringContaining('[2] Title of evil.example\nhttps://evil.example/page') },
    ]);
  });

  it('[C13] gives the same as a document to a client that wants no stream', async () => {
    const { ask } = await world(model(searches('a', 'b'), { text: 'Found.' }));
    const got = ask({ stream: false });
    await got.settled;
    expect(got.headers['content-type']).toContain('application/json');
    expect(JSON.parse(got.text())).toMatchObject({
      type: 'message',
      role: 'assistant',
      content: [
        { type: 'server_tool_use', input: { query: 'a' } },
        { type: 'server_tool_use', input: { query: 'b' } },
        { type: 'web_search_tool_result', content: [{}, {}, {}] },
        { type: 'web_search_tool_result', content: [{}, {}, {}] },
        { type: 'text', text: 'Found.' },
      ],
      stop_reason: 'end_turn',
      stop_sequence: null,
      usage: { input_tokens: 200, output_tokens: 20, server_tool_use: { web_search_requests: 2 } },
    });
  });

  it('[C13] honours max_uses: further searches fail, the model is told, and may not search any more', async () => {
    const { ask, model: fake, engine: found } = await world(model(searches('a', 'b')));
    const got = ask({ tools: [{ ...tool, max_uses: 1 }], tool_choice: { type: 'tool', name: 'web_search' }, stream: false });
    await got.settled;
    const { content, stop_reason: reason } = JSON.parse(got.text()) as { content: JsonObject[]; stop_reason: string };
    expect(content.slice(2, 4)).toMatchObject([
      { content: [{}, {}, {}] },
      { content: { type: 'web_search_tool_result_error', error_code: 'max_uses_exceeded' } },
    ]);
    expect(found.seen).toHaveLength(1);
    expect(reason).toBe('end_turn');
    const bodies = asked(fake);
    expect(bodies.length).toBeLessThanOrEqual(4);
    expect(bodies[0]).toMatchObject({ tool_choice: { function: { name: 'web_search' } } });
    expect(bodies[1]).toMatchObject({ tool_choice: 'none' });
  });

  it('[C13] honours allowed and blocked domains, and caps the results', async () => {
    const shown = async (more: JsonObject, results = 8): Promise<string[]> => {
      const { ask, engine: found } = await world(model(searches('a'), { text: 'x' }), { search: { results } });
      const got = ask({ tools: [{ ...tool, ...more }], stream: false });
      await got.settled;
      expect(decodeURIComponent(found.last.path)).toContain('allowed_domains' in more ? 'q=a site:a.example' : 'q=a&');
      const { content } = JSON.parse(got.text()) as { content: { type: string; content: { url: string }[] }[] };
      return content.flatMap((block) => (block.type === 'web_search_tool_result' ? block.content.map(({ url }) => new URL(url).host) : []));
    };
    expect(await shown({ allowed_domains: ['a.example', 'b.example/other'] })).toEqual(['docs.a.example']);
    expect(await shown({ blocked_domains: ['evil.example'] })).toEqual(['docs.a.example', 'b.example']);
    expect(await shown({}, 1)).toEqual(['docs.a.example']);
  });

  it('[C13] leaves calls of the client to the client, with what was found in the same message', async () => {
    const { ask, model: fake } = await world(
      model(
        {
          calls: [
            ['web_search', '{"query":"a"}'],
            ['f', '{"x":1}'],
          ],
        },
        { text: 'never' },
      ),
    );
    const got = ask({ tools: [tool, { name: 'f', input_schema: { type: 'object' } }], stream: false });
    await got.settled;
    expect(JSON.parse(got.text())).toMatchObject({
      content: [{ type: 'server_tool_use' }, { type: 'tool_use', name: 'f', input: { x: 1 } }, { type: 'web_search_tool_result' }],
      stop_reason: 'tool_use',
    });
    expect(fake.seen).toHaveLength(1);
  });

  it.each<readonly [string, Behaviour, string, string]>([
    ['is not there', ({ socket }) => void socket.destroy(), 'unavailable', 'webSearch'],
    ['has no JSON', ({ response }) => void response.writeHead(200).end('<html>'), 'unavailable', 'did not answer with JSON'],
    ['refuses the format', ({ response }) => void response.writeHead(403).end(), 'unavailable', 'search.formats'],
    ['is asked too often', ({ response }) => void response.writeHead(429).end(), 'too_many_requests', '429'],
    ['redirects', ({ response }) => void response.writeHead(302, { location: 'http://169.254.169.254/' }).end(), 'unavailable', 'redirect'],
    ['sends too much', ({ response }) => void response.writeHead(200).end('x'.repeat(3 << 20)), 'unavailable', 'more than'],
  ])('[C13] a search engine that %s: the client gets the error, the model the reason', async (_what, behaviour, code, reason) => {
    const { ask, model: fake } = await world(model(searches('a'), { text: 'Sorry.' }), { engine: behaviour });
    const got = ask({ stream: false });
    await got.settled;
    expect(JSON.parse(got.text())).toMatchObject({
      content: [
        { type: 'server_tool_use' },
        { type: 'web_search_tool_result', content: { type: 'web_search_tool_result_error', error_code: code } },
        { type: 'text', text: 'Sorry.' },
      ],
      usage: { server_tool_use: { web_search_requests: 0 } },
    });
    expect(JSON.stringify(asked(fake)[1])).toContain(reason);
  });

  it('[C13] a search without a query, or one that was cut, is not made', async () => {
    const { ask, engine: found } = await world(model({ calls: [['web_search', '{}']] }, { text: 'x' }));
    const empty = ask({ stream: false });
    await empty.settled;
    expect(empty.text()).toContain('"invalid_input"');
    const cut = await world(model({ calls: [['web_search', '{"query":"a']], finish: 'length' }));
    const got = cut.ask({ stream: false });
    await got.settled;
    expect(JSON.parse(got.text())).toMatchObject({ stop_reason: 'max_tokens' });
    expect(found.seen.length + cut.engine.seen.length).toBe(0);
  });

  it('[C13] an error of the provider passes: before the first search with its status, later as an error', async () => {
    const failing: Behaviour = ({ response }) => void response.writeHead(429).end('{"error":{"message":"slow down"}}');
    const first = (await world(failing)).ask();
    await first.settled;
    expect(first.status).toBe(429);
    expect(first.text()).toContain('slow down');
    let turn = 0;
    const later: Behaviour = (exchange) => ((turn += 1) % 2 === 1 ? model(searches('a'))(exchange) : failing(exchange));
    const { ask } = await world(later);
    const stream = ask();
    await stream.settled;
    expect(stream.text()).toMatch(/event: error\ndata: .*rate_limit_error.*slow down/);
    expect(stream.order.at(-1)).toBe('end');
    const document = ask({ stream: false });
    await document.settled;
    expect(document.status).toBe(429);
  });

  it('[C13] ends the search and the call when the client goes', async () => {
    const { ask, engine: found } = await world(model(searches('a')), { engine: () => undefined });
    const got = ask();
    await expect.poll(() => found.open).toBe(1);
    got.call.abort();
    await expect.poll(() => found.last.state).toBe('aborted');
    expect(got.order).not.toContain('end');
  });

  it('[C13] works for Gemini beside other tools, where Google Search cannot be had', async () => {
    const turns = [{ functionCall: { name: 'web_search', args: { query: 'a' } } }, { text: 'Found.' }];
    let turn = 0;
    const gemini: Behaviour = ({ response }) => {
      const chunk = { candidates: [{ content: { parts: [turns[turn++]] }, finishReason: 'STOP' }] };
      response.writeHead(200, { 'content-type': 'text/event-stream' }).end(`data: ${JSON.stringify(chunk)}\n\n`);
    };
    const { ask, model: fake } = await world(gemini, { type: 'gemini' });
    const got = ask({ tools: [tool, { name: 'f', input_schema: { type: 'object' } }], stream: false });
    await got.settled;
    expect(JSON.parse(got.text())).toMatchObject({ content: [{}, { content: [{}, {}, {}] }, { text: 'Found.' }] });
    expect(JSON.stringify(asked(fake)[1])).toContain('functionResponse');
  });
});

describe('without a search engine', () => {
  it('[C13] a request that is there for the search is refused, in words that say what to do', async () => {
    const { ask, model: fake } = await world(model({ text: 'x' }), { search: null });
    const got = ask();
    await got.settled;
    expect(got.error).toMatchObject({ code: 'CCP_PROVIDER_SERVER_TOOL', message: expect.stringContaining('web search') });
    expect(got.error?.hint).toContain('webSearch.searxng');
    const forced = ask({
      tools: [tool, { name: 'f', input_schema: { type: 'object' } }],
      tool_choice: { type: 'tool', name: 'web_search' },
    });
    await forced.settled;
    expect(forced.error?.code).toBe('CCP_PROVIDER_SERVER_TOOL');
    expect(fake.seen).toHaveLength(0);
  });

  it('[C13] beside other tools it is left out and named; with strict it is refused', async () => {
    const tools = [tool, { name: 'f', input_schema: { type: 'object' } }];
    const { ask, model: fake } = await world(model({ text: 'x' }), { search: null });
    const got = ask({ tools });
    await got.settled;
    expect(got.call.dropped).toEqual(['tool:web_search_20250305']);
    expect(asked(fake)[0]).toMatchObject({ tools: [{ function: { name: 'f' } }] });
    const strict = (await world(model({ text: 'x' }), { search: null, provider: { strict: true } })).ask({ tools });
    await strict.settled;
    expect(strict.error?.code).toBe('CCP_TRANSLATE_LOSSY');
  });

  it('[C13] nobody fetches pages: web_fetch is refused, with or without a search engine', async () => {
    const got = (await world(model({ text: 'x' }))).ask({ tools: [{ type: 'web_fetch_20250910', name: 'web_fetch' }] });
    await got.settled;
    expect(got.error).toMatchObject({ code: 'CCP_PROVIDER_SERVER_TOOL', message: expect.stringContaining('web_fetch') });
  });

  it('[C13] an engine at a metadata address is not set up', () => {
    const egress = { proxy: 'none', ca: [], env: {} };
    const settings = { searxng: 'http://169.254.169.254', apiKey: '', results: 8, searches: 4, timeout: 5000 };
    expect(createWebSearch(settings, { clock: systemClock, egress, logger: silentLogger })).toBeUndefined();
  });
});
