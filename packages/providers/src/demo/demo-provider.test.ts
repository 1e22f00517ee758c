import { silentLogger, systemClock } from '@ccproxy/kernel';
import { FakeClock } from '@ccproxy/kernel/testing';
import { describe, expect, it } from 'vitest';
import { createProvider } from '../create-provider.js';
import type { ProviderRequest } from '../provider.js';
import { collect } from '../testing/collect.js';
import { providerContract } from '../testing/provider-contract.js';

const timeouts = { connect: 5000, firstByte: 5000, idle: 5000, total: 60_000 };
const config = { name: 'demo', type: 'demo', baseUrl: undefined, auth: { kind: 'none' }, timeouts, unavailable: undefined } as const;
const deps = { clock: systemClock, logger: silentLogger, egress: { proxy: 'none', ca: [], env: {} }, random: Math.random };
const demo = createProvider(config, deps);

const ask = (fields: Record<string, unknown>, path = '/v1/messages?beta=true'): ProviderRequest => ({
  method: 'POST',
  path,
  clientHeaders: {},
  body: Buffer.from(JSON.stringify({ model: 'claude-x', messages: [{ role: 'user', content: 'hi there' }], ...fields })),
  stream: fields['stream'] === true,
});
const said = (content: unknown, rest: Record<string, unknown> = {}): ProviderRequest =>
  ask({ messages: [{ role: 'user', content }], ...rest });

const answer = async (request: ProviderRequest): Promise<{ status: number | undefined; text: string; json: Record<string, unknown> }> => {
  const got = collect(demo, request);
  await got.settled;
  const text = got.text();
  return { status: got.status, text, json: text.startsWith('{') ? (JSON.parse(text) as Record<string, unknown>) : {} };
};

/** Puts the deltas of a stream together again. */
const accumulate = (text: string, key: string): string =>
  [...text.matchAll(/^data: (.*)$/gm)]
    .map(([, data]) => (JSON.parse(data ?? '{}') as { delta?: Record<string, string> }).delta?.[key] ?? '')
    .join('');

describe('DemoProvider keeps the contract of providers', () => {
  it.each(providerContract.map(({ title, run }) => [title, run] as const))('%s', async (_title, run) => {
    const make = async () => ({
      provider: createProvider(config, deps),
      streaming: ask({ stream: true }),
      document: ask({}),
      slow: said('[[slow:250]]', { stream: true }),
      dispose: async () => {},
    });
    await expect(run(make)).resolves.toBeUndefined();
  });
});

describe('DemoProvider', () => {
  it('[C12] answers the last text the user typed, as a stream and as a document', async () => {
    const content = [
      { type: 'text', text: 'Grüße ✓' },
      { type: 'text', text: '<system-reminder>x</system-reminder>' },
    ];
    const stream = await answer(said(content, { stream: true }));
    expect(accumulate(stream.text, 'text')).toMatch(/You wrote: Grüße ✓$/);
    const document = await answer(said(content));
    expect(document.json).toMatchObject({ type: 'message', role: 'assistant', model: 'claude-x', stop_reason: 'end_turn' });
    expect(JSON.stringify(document.json)).toContain('You wrote: Grüße ✓');
  });

  it('thinks, on a magic word and with a magic model', async () => {
    const stream = await answer(said('[[think:hm]]', { stream: true }));
    expect(accumulate(stream.text, 'thinking')).toBe('hm');
    expect(stream.text).toContain('signature_delta');
    const document = await answer(ask({ model: 'claude-demo-think' }));
    expect(document.json['content']).toMatchObject([{ type: 'thinking' }, { type: 'text' }]);
  });

  it('uses a declared tool and reads its result', async () => {
    const tools = [{ name: 'Bash' }, { name: 'Read' }];
    const stream = await answer(said('[[tool:Read {"file_path":"/a"}]]', { stream: true, tools }));
    expect(JSON.parse(accumulate(stream.text, 'partial_json'))).toEqual({ file_path: '/a' });
    expect(stream.text).toContain('"stop_reason":"tool_use"');
    const undeclared = await answer(said('[[tool:Nope {}]]', { tools }));
    expect(undeclared.json['stop_reason']).toBe('end_turn');
    const broken = await answer(said('[[tool:Bash {nope}]]', { tools }));
    expect(broken.json['content']).toMatchObject([{ type: 'text' }, { type: 'tool_use', name: 'Bash', input: {} }]);
    const result = await answer(said([{ type: 'tool_result', tool_use_id: 't', content: [{ type: 'text', text: 'forty-two' }] }]));
    expect(JSON.stringify(result.json)).toContain('The tool answered: forty-two');
  });

  it('says a text, a long text, and the smallest document of a schema', async () => {
    expect((await answer(said('[[say:exactly this]]'))).json['content']).toEqual([{ type: 'text', text: 'exactly this' }]);
    expect(JSON.stringify((await answer(said('[[long:3]]'))).json)).toContain('word1 word2 word3');
    const properties = {
      title: { type: 'string' },
      n: { type: 'number' },
      b: { type: 'boolean' },
      a: { type: 'array' },
      o: { type: 'object' },
      e: { enum: ['x'] },
    };
    const document = await answer(ask({ output_config: { format: { type: 'json_schema', schema: { properties } } } }));
    const [block] = document.json['content'] as { text: string }[];
    expect(JSON.parse(block?.text ?? '')).toEqual({ title: 'Demo', n: 0, b: false, a: [], o: {}, e: 'x' });
  });

  it('fails on request with the error type of the status', async () => {
    expect(await answer(said('[[error:529]]', { stream: true }))).toMatchObject({
      status: 529,
      json: { type: 'error', error: { type: 'overloaded_error' } },
    });
    expect((await answer(ask({ model: 'demo-error-402' }))).json).toMatchObject({ error: { type: 'billing_error' } });
    expect((await answer(said('[[error:200]]'))).status).toBe(200);
  });

  it('refuses what is not a Messages request', async () => {
    expect(await answer({ ...ask({}), body: Buffer.from('{') })).toMatchObject({
      status: 400,
      json: { error: { type: 'invalid_request_error' } },
    });
    expect((await answer({ ...ask({}), body: Buffer.from('{"model":"m"}') })).text).toContain('messages: Field required');
    expect((await answer({ ...ask({}), body: Buffer.from('[]') })).text).toContain('model: Field required');
    expect((await answer(ask({}, '/v1/other'))).status).toBe(404);
    expect((await answer({ ...ask({}), method: 'GET' })).status).toBe(404);
  });

  it('[C11] counts tokens and lists models', async () => {
    const count = await answer(ask({}, '/v1/messages/count_tokens?beta=true'));
    expect(count.json['input_tokens']).toBeGreaterThan(0);
    const models = await answer({ ...ask({}, '/v1/models?limit=1000'), method: 'GET', body: undefined });
    expect(models.json['data']).toEqual(expect.arrayContaining([expect.objectContaining({ type: 'model', id: 'claude-demo' })]));
  });

  it('waits before each piece when it is told to be slow', async () => {
    const clock = new FakeClock();
    const slow = createProvider(config, { ...deps, clock });
    const got = collect(slow, said('[[slow:100]] x', { stream: true }));
    clock.advance(99);
    expect(got.order).toEqual([]);
    clock.advance(1);
    expect(got.order).toEqual(['head', 'data']);
    clock.advance(100);
    expect(got.order).toEqual(['head', 'data', 'data']);
    got.call.abort();
    expect(clock.pending).toBe(0);
    expect(slow).toMatchObject({ openToAnonymous: true, origin: undefined, protocol: 'anthropic' });
    expect(slow.availability()).toEqual({ available: true });
  });
});
