import type { CapabilityRule, ProviderConfig } from '@ccproxy/config';
import { silentLogger, systemClock } from '@ccproxy/kernel';
import { encodeForeignSignature } from '@ccproxy/translate';
import { afterEach, describe, expect, it } from 'vitest';
import { createProvider } from './create-provider.js';
import type { ProviderRequest, RequestNotes } from './provider.js';
import { collect } from './testing/collect.js';
import { type Dialect, dialects, speaks } from './testing/dialect.js';
import { type Behaviour, FakeUpstream } from './testing/fake-upstream.js';

const open: FakeUpstream[] = [];
afterEach(() => Promise.all(open.splice(0).map((fake) => fake.close())));

const upstream = async (behaviour: Behaviour): Promise<FakeUpstream> => {
  const fake = await FakeUpstream.listen(behaviour);
  open.push(fake);
  return fake;
};

const dialectOf = (type: Dialect['type']): Dialect => dialects.find((dialect) => dialect.type === type) ?? dialects[0] ?? ({} as Dialect);

const providerOf = (
  type: ProviderConfig['type'],
  baseUrl: string,
  fields: Partial<ProviderConfig> = {},
  capabilities: CapabilityRule[] = [],
) =>
  createProvider(
    {
      name: 'p',
      type,
      baseUrl,
      auth: { kind: 'apiKey', value: 'sk-own' },
      timeouts: { connect: 5000, firstByte: 5000, idle: 5000, total: 60_000 },
      unavailable: undefined,
      ...fields,
    },
    { clock: systemClock, logger: silentLogger, egress: { proxy: 'none', ca: [], env: {} }, random: Math.random, capabilities },
  );

const ask = (body: Readonly<Record<string, unknown>> = {}, rest: Partial<ProviderRequest> = {}): ProviderRequest => ({
  method: 'POST',
  path: '/v1/messages?beta=true',
  clientHeaders: { authorization: 'Bearer sk-ant-client' },
  body: Buffer.from(JSON.stringify({ model: 'm', max_tokens: 100, messages: [{ role: 'user', content: 'hi' }], ...body })),
  stream: body['stream'] === true,
  ...rest,
});

const notes = (fields: Partial<RequestNotes> = {}): RequestNotes => ({
  clientModel: 'claude-x',
  inputTokens: 1000,
  limits: { context: undefined, output: undefined },
  strict: undefined,
  ...fields,
});

const sent = async (
  type: Dialect['type'],
  request: ProviderRequest,
  fields: Partial<ProviderConfig> = {},
  rules: CapabilityRule[] = [],
  path = '',
) => {
  const fake = await upstream(speaks(dialectOf(type)));
  const got = collect(providerOf(type, fake.url + path, fields, rules), request);
  await got.settled;
  return {
    path: fake.last.path,
    headers: fake.last.headers,
    body: JSON.parse(fake.last.body.toString('utf8')) as Record<string, never>,
    got,
  };
};

describe('addresses', () => {
  it.each([
    ['openai', '', '/v1/chat/completions', '/v1/chat/completions'],
    ['openai', '/v1', '/v1/chat/completions', '/v1/chat/completions'],
    ['openai', '/api/paas/v4/', '/api/paas/v4/chat/completions', '/api/paas/v4/chat/completions'],
    ['openai', '/v1beta/openai', '/v1beta/openai/chat/completions', '/v1beta/openai/chat/completions'],
    ['openai', '/v1/chat/completions', '/v1/chat/completions', '/v1/chat/completions'],
    ['openai-responses', '/v1', '/v1/responses', '/v1/responses'],
    ['gemini', '', '/v1beta/models/m:generateContent', '/v1beta/models/m:streamGenerateContent?alt=sse'],
    ['gemini', '/v1', '/v1/models/m:generateContent', '/v1/models/m:streamGenerateContent?alt=sse'],
    ['gemini', '/google', '/google/v1beta/models/m:generateContent', '/google/v1beta/models/m:streamGenerateContent?alt=sse'],
    ['ollama', '', '/api/chat', '/api/chat'],
    ['ollama', '/v1', '/api/chat', '/api/chat'],
  ] as const)('[C12] %s at "%s" is asked at %s', async (type, base, document, stream) => {
    expect((await sent(type, ask(), {}, [], base)).path).toBe(document);
    expect((await sent(type, ask({ stream: true }), {}, [], base)).path).toBe(stream);
  });

  it.each([
    ['models/gemini-x', '/v1beta/models/gemini-x:generateContent'],
    ['tunedModels/mine', '/v1beta/tunedModels/mine:generateContent'],
    ['../../v1/files?x=', '/v1beta/models/..%2F..%2Fv1%2Ffiles%3Fx%3D:generateContent'],
  ])('[F1] a model named %s stays a model', async (model, path) => {
    expect((await sent('gemini', ask({ model }))).path).toBe(path);
  });

  it('[F1] row 29: each has its key where its API wants it, and none without one', async () => {
    expect((await sent('openai', ask())).headers.authorization).toBe('Bearer sk-own');
    expect((await sent('ollama', ask())).headers.authorization).toBe('Bearer sk-own');
    const gemini = await sent('gemini', ask());
    expect(gemini.headers).toMatchObject({ 'x-goog-api-key': 'sk-own', 'user-agent': 'ccproxy' });
    expect(gemini.headers.authorization).toBeUndefined();
    expect((await sent('openai', ask(), { auth: { kind: 'none' } })).headers.authorization).toBeUndefined();
  });

  it('[C12] TR-124 nothing of the headers of the Anthropic protocol goes on', async () => {
    const clientHeaders = {
      'anthropic-version': '2023-06-01',
      'anthropic-beta': 'x',
      'x-stainless-os': 'Linux',
      authorization: 'Bearer c',
    };
    for (const { type } of dialects) {
      const { headers } = await sent(type, ask({}, { clientHeaders }), { auth: { kind: 'none' } });
      const own = ['host', 'connection', 'content-length', 'content-type', 'accept', 'accept-encoding', 'user-agent'];
      expect(Object.keys(headers).filter((name) => !own.includes(name))).toEqual([]);
    }
  });

  it('has no other endpoint', async () => {
    const got = collect(providerOf('openai', 'http://127.0.0.1:9'), ask({}, { path: '/v1/files' }));
    await got.settled;
    expect([got.status, got.text()]).toEqual([501, expect.stringContaining('not_supported')]);
  });
});

describe('what a model can', () => {
  it('[C12] the configuration goes before the table, and a target before both', async () => {
    const known = await sent('openai', ask({ model: 'gpt-4o', max_tokens: 32_000 }));
    expect(known.body).toMatchObject({ max_tokens: 16_384 });
    const rules: CapabilityRule[] = [
      { pattern: 'p/gpt-4*', can: { maxTokens: 'max_completion_tokens' } },
      { pattern: '*', can: { output: 8000, maxTokens: 'max_tokens' } },
    ];
    const configured = await sent('openai', ask({ model: 'gpt-4o', max_tokens: 32_000 }), {}, rules);
    expect(configured.body).toMatchObject({ max_completion_tokens: 8000 });
    const limits = { context: undefined, output: 500 };
    const target = await sent('openai', ask({ model: 'gpt-4o', max_tokens: 32_000 }, { notes: notes({ limits }) }), {}, rules);
    expect(target.body).toMatchObject({ max_completion_tokens: 500 });
  });

  it('an answer is bounded by the room a window leaves, and a prompt that leaves none is refused', async () => {
    const limits = { context: 4096, output: undefined };
    const room = await sent('openai', ask({ max_tokens: 32_000 }, { notes: notes({ limits }) }));
    expect(room.body).toMatchObject({ max_tokens: 3096 });
    const fake = await upstream(speaks(dialectOf('openai')));
    const got = collect(providerOf('openai', fake.url), ask({}, { notes: notes({ limits: { context: 1000, output: undefined } }) }));
    await got.settled;
    expect(got.error).toMatchObject({
      code: 'CCP_PROVIDER_CONTEXT',
      httpStatus: 400,
      message: 'prompt is too long: 1000 tokens > 1000 maximum',
    });
    expect(fake.seen).toHaveLength(0);
  });

  it('the answer names the model the client asked for, whatever was asked of the provider', async () => {
    const { got } = await sent('gemini', ask({}, { notes: notes() }));
    expect(JSON.parse(got.text())).toMatchObject({ model: 'claude-x', id: expect.stringMatching(/^msg_[a-z0-9]{24}$/) });
    expect(got.call.dropped).toEqual([]);
  });

  it('[C23] TR-14 reasoning goes back to the provider that made it and to no other', async () => {
    const think = (family: string) => ({
      messages: [
        { role: 'user', content: 'hi' },
        {
          role: 'assistant',
          content: [
            { type: 'thinking', thinking: 'secret plan', signature: encodeForeignSignature({ family, payload: '' }) },
            { type: 'text', text: 'a' },
          ],
        },
        { role: 'user', content: 'go on' },
      ],
    });
    const rules: CapabilityRule[] = [{ pattern: '*', can: { replayReasoning: true } }];
    expect(JSON.stringify((await sent('openai', ask(think('p')), {}, rules)).body)).toContain('secret plan');
    expect(JSON.stringify((await sent('openai', ask(think('other')), {}, rules)).body)).not.toContain('secret plan');
  });
});

describe('Ollama', () => {
  it('[C12] is asked for a window that holds the request and never shrinks, and keeps the model as long as it is told', async () => {
    const fake = await upstream(speaks(dialectOf('ollama')));
    const provider = providerOf('ollama', fake.url, { keepAlive: '-1' });
    const size = async (inputTokens: number, context?: number): Promise<unknown> => {
      await collect(provider, ask({}, { notes: notes({ inputTokens, limits: { context, output: undefined } }) })).settled;
      return JSON.parse(fake.last.body.toString('utf8'));
    };
    expect(await size(1000)).toMatchObject({ options: { num_ctx: 8192 }, keep_alive: -1 });
    expect(await size(20_000)).toMatchObject({ options: { num_ctx: 32_768 } });
    expect(await size(1000)).toMatchObject({ options: { num_ctx: 32_768 } });
    expect(await size(1000, 12_000)).toMatchObject({ options: { num_ctx: 12_000 } });
    expect((await sent('ollama', ask(), { keepAlive: '10m' })).body).toMatchObject({ keep_alive: '10m' });
    expect((await sent('ollama', ask())).body).not.toHaveProperty('keep_alive');
  });

  it('[C12] a model it does not have is an error that says how to get it', async () => {
    const fake = await upstream(({ response }) => void response.writeHead(404).end(`{"error":"model 'qwen3:8b' not found"}`));
    const got = collect(providerOf('ollama', fake.url), ask({ model: 'qwen3:8b' }));
    await got.settled;
    expect(got.status).toBe(404);
    expect(got.text()).toContain('ollama pull qwen3:8b');
  });
});

describe('errors', () => {
  it('[C12] TR-113 when to come again is passed on in the words the client reads', async () => {
    const body =
      '{"error":{"code":429,"message":"slow","status":"RESOURCE_EXHAUSTED","details":[{"@type":"type.googleapis.com/google.rpc.RetryInfo","retryDelay":"34.4s"}]}}';
    const fake = await upstream(({ response }) => void response.writeHead(429, { 'x-request-id': 'r-1', 'set-cookie': 'a=1' }).end(body));
    const got = collect(providerOf('gemini', fake.url), ask({ stream: true }));
    await got.settled;
    expect(got.status).toBe(429);
    expect(got.headers).toMatchObject({ 'retry-after': '35', 'request-id': 'r-1' });
    expect(got.headers['set-cookie']).toBeUndefined();
    expect(JSON.parse(got.text())).toMatchObject({ type: 'error', error: { type: 'rate_limit_error', message: 'slow' } });
  });

  it('[C12] TR-113 what is left of the limits is told with every answer', async () => {
    const limits = { 'x-ratelimit-limit-tokens': '1000', 'x-ratelimit-remaining-tokens': '250', 'x-ratelimit-reset-tokens': '1s' };
    for (const [status, type] of [
      [200, 'text/event-stream'],
      [200, 'application/json'],
      [500, 'application/json'],
    ] as const) {
      const { document, frames } = dialectOf('openai');
      const body = type === 'application/json' ? document : frames.join('');
      const fake = await upstream(({ response }) => void response.writeHead(status, { 'content-type': type, ...limits }).end(body));
      const got = collect(providerOf('openai', fake.url), ask({ stream: true }));
      await got.settled;
      expect(got.headers).toMatchObject({
        'anthropic-ratelimit-tokens-limit': '1000',
        'anthropic-ratelimit-tokens-remaining': '250',
        'anthropic-ratelimit-tokens-reset': expect.stringMatching(/^\d{4}-\d\d-\d\dT[\d:]+Z$/) as unknown,
      });
      expect(got.headers['x-ratelimit-limit-tokens']).toBeUndefined();
    }
  });

  it.each(dialects.map(({ type }) => type))('JSON nested without end is an error of who sent it: %s', async (type) => {
    const deep = `{"a":${'['.repeat(50_000)}${']'.repeat(50_000)}}`;
    const fake = await upstream(speaks(dialectOf(type)));
    const call = `{"type":"tool_use","id":"t","name":"f","input":${deep}}`;
    const body = Buffer.from(
      `{"model":"m","max_tokens":9,"messages":[{"role":"assistant","content":[${call}]},{"role":"user","content":"x"}]}`,
    );
    const got = collect(providerOf(type, fake.url), ask({}, { body, notes: notes() }));
    await got.settled;
    expect(got.error).toMatchObject({ code: 'CCP_TRANSLATE_INVALID', httpStatus: 400 });
    expect(fake.seen).toHaveLength(0);
  });

  it('what is no request is refused before anything is sent', async () => {
    const fake = await upstream(speaks(dialectOf('openai')));
    for (const body of [Buffer.from('{'), Buffer.from('{"model":"m"}'), undefined]) {
      const got = collect(providerOf('openai', fake.url), ask({}, { body }));
      await got.settled;
      expect(got.error).toMatchObject({ code: 'CCP_TRANSLATE_INVALID', httpStatus: 400 });
    }
    expect(fake.seen).toHaveLength(0);
  });
});

describe('count_tokens', () => {
  const count = (fields: Partial<ProviderRequest> = {}) =>
    ask({ system: 'be brief' }, { path: '/v1/messages/count_tokens?beta=true', ...fields });
  const counted = async (type: ProviderConfig['type'], behaviour: Behaviour, fields: Partial<ProviderRequest> = { notes: notes() }) => {
    const fake = await upstream(behaviour);
    const got = collect(providerOf(type, fake.url), count(fields));
    await got.settled;
    return { answer: JSON.parse(got.text()) as unknown, status: got.status, seen: fake.seen };
  };
  const json = (body: unknown): Behaviour => {
    return ({ response }) => void response.writeHead(200, { 'content-type': 'application/json' }).end(JSON.stringify(body));
  };

  it('[C11] is exact where the API counts', async () => {
    const gemini = await counted('gemini', json({ totalTokens: 42 }));
    expect(gemini.answer).toEqual({ input_tokens: 42 });
    expect(gemini.seen[0]?.path).toBe('/v1beta/models/m:countTokens');
    expect(JSON.parse(String(gemini.seen[0]?.body))).toMatchObject({
      generateContentRequest: { model: 'models/m', contents: [{ role: 'user' }] },
    });
    const responses = await counted('openai-responses', json({ object: 'response.input_tokens', input_tokens: 43 }));
    expect(responses.answer).toEqual({ input_tokens: 43 });
    expect(responses.seen[0]?.path).toBe('/v1/responses/input_tokens');
    const body = JSON.parse(String(responses.seen[0]?.body)) as object;
    expect(body).toMatchObject({ model: 'm', input: expect.anything() });
    expect(body).not.toHaveProperty('max_output_tokens');
    expect(body).not.toHaveProperty('stream');
  });

  it.each([
    ['answers 404', ({ response }) => void response.writeHead(404).end('no')],
    ['answers nonsense', json({ tokens: 'many' })],
    ['breaks', ({ socket }) => void socket.resetAndDestroy()],
    [
      'floods',
      (exchange) => {
        exchange.response.writeHead(200);
        exchange.response.write(Buffer.alloc(5 * 1024 * 1024, 'x'));
      },
    ],
  ] satisfies [string, Behaviour][])('[C11] TR-122 is the estimate when the provider %s', async (_title, behaviour) => {
    expect(await counted('gemini', behaviour)).toMatchObject({ status: 200, answer: { input_tokens: 1000 } });
  });

  it('[C11] is the estimate where the API cannot count, without asking', async () => {
    for (const type of ['openai', 'ollama'] as const) {
      const { answer, seen } = await counted(type, json({}));
      expect(answer).toEqual({ input_tokens: 1000 });
      expect(seen).toHaveLength(0);
    }
    const own = await counted('ollama', json({}), {});
    expect(own.answer).toEqual({ input_tokens: expect.any(Number) });
  });

  it('[C11] TR-122 is the estimate at a server that speaks the Anthropic protocol and cannot count', async () => {
    expect(await counted('anthropic', ({ response }) => void response.writeHead(404).end('no'))).toMatchObject({
      status: 200,
      answer: { input_tokens: 1000 },
    });
    expect(await counted('anthropic', json({ input_tokens: 7 }))).toMatchObject({ answer: { input_tokens: 7 } });
  });
});

describe('GET /v1/models', () => {
  const models = async (type: ProviderConfig['type'], body: unknown) => {
    const fake = await upstream(
      ({ response }) => void response.writeHead(200, { 'content-type': 'application/json' }).end(JSON.stringify(body)),
    );
    const got = collect(providerOf(type, fake.url), ask({}, { method: 'GET', path: '/v1/models?limit=1000', body: undefined }));
    await got.settled;
    return { path: fake.last.path, list: JSON.parse(got.text()) as { data?: unknown }, status: got.status };
  };

  it.each([
    [
      'openai',
      { data: [{ id: 'a/b', created: 1_700_000_000 }, { nope: 1 }, 5] },
      '/v1/models',
      { id: 'a/b', display_name: 'a/b', created_at: '2023-11-14T22:13:20.000Z' },
    ],
    ['openai-responses', { data: [{ id: 'x' }] }, '/v1/models', { id: 'x', display_name: 'x', created_at: '1970-01-01T00:00:00Z' }],
    ['gemini', { models: [{ name: 'models/g', displayName: 'G' }, {}] }, '/v1beta/models?pageSize=1000', { id: 'g', display_name: 'G' }],
    [
      'ollama',
      { models: [{ name: 'q:8b', modified_at: '2026-01-02T00:00:00Z' }] },
      '/api/tags',
      { id: 'q:8b', created_at: '2026-01-02T00:00:00Z' },
    ],
  ] as const)('[C11] TR-123 of %s are listed as Anthropic would', async (type, body, path, first) => {
    const got = await models(type, body);
    expect(got.path).toBe(path);
    expect(got.list).toMatchObject({ data: [{ type: 'model', ...first }], has_more: false });
  });

  it('a list that is none is an error', async () => {
    expect(await models('ollama', [])).toMatchObject({ status: 502, list: { type: 'error' } });
  });
});
