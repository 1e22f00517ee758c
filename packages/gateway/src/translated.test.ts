import type { ProviderConfig, Target } from '@ccproxy/config';
import { dialects, speaks } from '@ccproxy/providers/testing';
import { afterEach, describe, expect, it } from 'vitest';
import { checkStream } from './testing/check-stream.js';
import { type Gateway, messageBody, providerConfig, target } from './testing/gateway-harness.js';
import { TestBed } from './testing/test-bed.js';

const bed = new TestBed();
afterEach(() => bed.close());

const key = 'sk-key-of-the-provider';
const tools = [{ name: 'f', input_schema: { type: 'object', properties: {} } }];

/** A gateway whose default target is a model of a provider that speaks `dialect`. */
const setUp = async (dialect: (typeof dialects)[number], provider: Partial<ProviderConfig> = {}, model: Partial<Target> = {}) => {
  const fake = await bed.upstream(speaks(dialect));
  const gateway = await bed.gateway({
    providers: [providerConfig('other', fake.url, { type: dialect.type, auth: { kind: 'apiKey', value: key }, ...provider })],
    models: [target('default', 'other', { model: 'some-model', ...model })],
  });
  const ask = (fields: Readonly<Record<string, unknown>> = {}, path = '/v1/messages?beta=true') =>
    gateway.ask({
      path,
      body: messageBody(fields),
      headers: { 'x-ccproxy-token': gateway.token, authorization: 'Bearer sk-ant-client', 'anthropic-beta': 'b-1', cookie: 'c=1' },
    });
  return { fake, gateway, ask };
};

const recentDecisions = async ({ module }: Gateway): Promise<string> => {
  const found = module.ipcMethods?.find((binding) => binding.kind === 'method' && binding.method.name === 'decisions.recent');
  if (found?.kind !== 'method') throw new Error('the gateway tells no decisions');
  return JSON.stringify(await found.handle({ limit: 10 }, { connectionId: '1', client: 't', pid: 1, onClose() {}, keep() {} }));
};

describe.each(dialects.map((dialect) => [dialect.type, dialect] as const))('a target of type %s', (_type, dialect) => {
  it('[C12] [C13] answers in the Anthropic protocol, streamed and not, and is metered', async () => {
    const { ask, gateway } = await setUp(dialect);
    const streamed = await ask();
    expect(streamed.headers['content-type']).toContain('text/event-stream');
    expect(checkStream(streamed.text)).toEqual([]);
    expect(streamed.text).toContain('"model":"claude-x"');
    const whole = await ask({ stream: false });
    expect(whole.json()).toMatchObject({
      type: 'message',
      model: 'claude-x',
      stop_reason: 'end_turn',
      usage: { input_tokens: 25, output_tokens: 15 },
    });
    expect(JSON.stringify(whole.json())).toContain('Hello, wörld ✓');
    expect(gateway.ledger.rows.map(({ outcome, usage }) => [outcome, usage?.inputTokens, usage?.outputTokens])).toEqual([
      ['ok', 25, 15],
      ['ok', 25, 15],
    ]);
  });

  it('[F1] rows 29, 30: gets its own key, and nothing the client sent beside the body', async () => {
    const { ask, fake } = await setUp(dialect);
    await ask({ metadata: { user_id: 'device-1' } });
    const { headers, path } = fake.last;
    expect(JSON.stringify(headers)).toContain(key);
    expect(JSON.stringify(headers)).not.toMatch(/sk-ant-client|b-1|c=1|ccp_|claude/);
    expect(path).not.toContain(key);
    expect(Object.keys(headers).toSorted()).toEqual(
      ['accept', 'accept-encoding', 'connection', 'content-length', 'content-type', 'host', 'user-agent']
        .concat(dialect.type === 'gemini' ? 'x-goog-api-key' : 'authorization')
        .toSorted(),
    );
  });

  it('names what it cannot take, in the headers and in the decision, and refuses it when it is strict', async () => {
    const fields = { tools: [...tools, { type: 'computer_20250124', name: 'computer' }], stream: false };
    const { ask, gateway } = await setUp(dialect);
    const answer = await ask(fields);
    expect(answer.status).toBe(200);
    expect(answer.headers['x-ccproxy-dropped']).toMatch(/computer/);
    const strict = await setUp(dialect, { strict: true });
    const refused = await strict.ask(fields);
    expect(refused.status).toBe(400);
    expect(refused.headers['x-ccproxy-error']).toBe('CCP_TRANSLATE_LOSSY');
    expect(strict.fake.seen).toHaveLength(0);
    const lenient = await setUp(dialect, { strict: true }, { strict: false });
    expect((await lenient.ask(fields)).status).toBe(200);
    await expect.poll(() => recentDecisions(gateway)).toContain('cannot take it');
  });

  it('[C11] TR-122 counts, whatever the provider says', async () => {
    const { ask } = await setUp(dialect);
    const answer = await ask({}, '/v1/messages/count_tokens?beta=true');
    expect(answer.status).toBe(200);
    expect(answer.json()).toEqual({ input_tokens: expect.any(Number) });
    expect(Number(answer.json()['input_tokens'])).toBeGreaterThan(0);
  });

  it('[C13] TR-114 refuses what exceeds the limit of the target in the words the client compacts at', async () => {
    const { ask, fake } = await setUp(dialect, {}, { limits: { context: 100, output: undefined } });
    const answer = await ask({ messages: [{ role: 'user', content: 'word '.repeat(400) }] });
    expect(answer.status).toBe(400);
    expect(answer.json()).toMatchObject({
      error: { type: 'invalid_request_error', message: expect.stringMatching(/^prompt is too long: \d+ tokens > 100 maximum$/) },
    });
    expect(fake.seen).toHaveLength(0);
  });
});

describe('GET /v1/models?source=providers', () => {
  it('[C11] lists what the providers offer under ids that can be asked for, and names those that do not answer', async () => {
    const list = await bed.upstream(({ response }) => void response.writeHead(200).end('{"data":[{"id":"org/m-1","created":1700000000}]}'));
    const silent = await bed.upstream(({ response }) => void response.writeHead(404).end('no'));
    const gateway = await bed.gateway({
      providers: [
        providerConfig('one', list.url, { type: 'openai', auth: { kind: 'none' } }),
        providerConfig('two', silent.url, { type: 'gemini', auth: { kind: 'none' } }),
        providerConfig('demo', undefined),
      ],
      models: [target('default', 'demo'), target('t', 'one', { model: 'x' })],
    });
    const path = '/v1/models?source=providers';
    const answer = await gateway.ask({ method: 'GET', path, headers: { 'x-ccproxy-token': gateway.token } });
    const ids = (answer.json()['data'] as { id: string }[]).map(({ id }) => id);
    expect(ids).toContain('one/org/m-1');
    expect(ids).toContain('demo/claude-demo');
    expect(answer.headers['x-ccproxy-dropped']).toBe('provider two');
    const anonymous = await gateway.ask({ method: 'GET', path });
    expect((anonymous.json()['data'] as { id: string }[]).every(({ id }) => id.startsWith('demo/'))).toBe(true);
    expect((await gateway.ask({ method: 'GET', path: '/v1/models' })).json()).toMatchObject({ data: [{ id: 'claude-via-t' }] });
  });
});
