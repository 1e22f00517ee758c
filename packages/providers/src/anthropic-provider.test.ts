import type { ProviderAuth, ProviderConfig, ProviderTimeouts } from '@ccproxy/config';
import { silentLogger, systemClock } from '@ccproxy/kernel';
import { encodeForeignSignature } from '@ccproxy/translate';
import { afterEach, describe, expect, it } from 'vitest';
import { createProvider } from './create-provider.js';
import type { Provider, ProviderRequest } from './provider.js';
import { type BehaviourName, behaviours } from './testing/behaviours.js';
import { collect } from './testing/collect.js';
import { FakeUpstream } from './testing/fake-upstream.js';
import { providerContract } from './testing/provider-contract.js';
import { messageFrames, streamHead } from './testing/sse-answer.js';

const timeouts: ProviderTimeouts = { connect: 5000, firstByte: 20_000, idle: 20_000, total: 60_000 };
const deps = { clock: systemClock, logger: silentLogger, egress: { proxy: 'none', ca: [], env: {} }, random: Math.random };
const open: { close(): Promise<void> }[] = [];

afterEach(async () => {
  await Promise.all(open.splice(0).map((each) => each.close()));
});

const upstream = async (name: BehaviourName): Promise<FakeUpstream> => {
  const fake = await FakeUpstream.listen(behaviours[name]);
  open.push(fake);
  return fake;
};

const provider = (baseUrl: string, auth: ProviderAuth = { kind: 'client' }, limits: Partial<ProviderTimeouts> = {}): Provider => {
  const config: ProviderConfig = {
    name: 'p',
    type: 'anthropic',
    baseUrl,
    auth,
    timeouts: { ...timeouts, ...limits },
    unavailable: undefined,
  };
  const made = createProvider(config, deps);
  open.push(made);
  return made;
};

const request = (fields: Partial<ProviderRequest> = {}): ProviderRequest => ({
  method: 'POST',
  path: '/v1/messages?beta=true',
  clientHeaders: {
    'content-type': 'application/json',
    authorization: 'Bearer sk-ant-client',
    'anthropic-beta': 'one,two-new',
    cookie: 'c=1',
  },
  body: Buffer.from('{"model":"m","stream":true,"messages":[]}'),
  stream: true,
  ...fields,
});

const document = request({ body: Buffer.from('{"model":"m","messages":[]}'), stream: false });

describe('AnthropicProvider keeps the contract of providers', () => {
  it.each(providerContract.map(({ title, run }) => [title, run] as const))('%s', async (_title, run) => {
    const make = async () => {
      const fake = await FakeUpstream.listen(async (exchange) => {
        if (exchange.request.path.includes('slow')) await new Promise((resolve) => setTimeout(resolve, 250));
        return behaviours['drip-3'](exchange);
      });
      const slow = request({ path: '/v1/slow' });
      return { provider: provider(fake.url), streaming: request(), document, slow, dispose: () => fake.close() };
    };
    await expect(run(make)).resolves.toBeUndefined();
  });
});

describe('AnthropicProvider request', () => {
  it('sends method, path below the base URL, and the very bytes of the body', async () => {
    const fake = await upstream('healthy');
    const got = collect(provider(`${fake.url}/base/`), request());
    await got.settled;
    expect(fake.last).toMatchObject({ method: 'POST', path: '/base/v1/messages?beta=true' });
    expect(fake.last.body).toEqual(request().body);
    expect(got.text()).toBe(messageFrames().join(''));
  });

  it('[C23] TR-18 keeps thinking of another model back and says so', async () => {
    const fake = await upstream('healthy');
    const thinking = { type: 'thinking', thinking: 'hm', signature: encodeForeignSignature({ family: 'gemini', payload: 'x' }) };
    const messages = [{ role: 'assistant', content: [thinking, { type: 'text', text: 'a' }] }];
    const got = collect(provider(fake.url), request({ body: Buffer.from(JSON.stringify({ model: 'm', messages })) }));
    await got.settled;
    expect(got.call.dropped).toEqual(['thinking of another model']);
    expect(fake.last.body.toString()).toBe('{"model":"m","messages":[{"role":"assistant","content":[{"type":"text","text":"a"}]}]}');
    const ordinary = collect(provider(fake.url), request());
    await ordinary.settled;
    expect(ordinary.call.dropped).toEqual([]);
  });

  it('[F1] row 30: TR-124 forwards unknown headers and betas, and neither cookies nor hop-by-hop headers', async () => {
    const fake = await upstream('healthy');
    const clientHeaders = {
      ...request().clientHeaders,
      connection: 'keep-alive, x-mine',
      'x-mine': 'hop',
      'x-forwarded-for': '1.2.3.4',
      'x-ccproxy-token': 'local',
      'proxy-authorization': 'Basic x',
      'x-brand-new': 'kept',
      'accept-encoding': 'gzip, br',
    };
    await collect(provider(fake.url), request({ clientHeaders })).settled;
    const { headers } = fake.last;
    expect(headers).toMatchObject({ authorization: 'Bearer sk-ant-client', 'anthropic-beta': 'one,two-new', 'x-brand-new': 'kept' });
    expect(headers['accept-encoding']).toBe('identity');
    for (const name of ['cookie', 'x-mine', 'x-forwarded-for', 'x-ccproxy-token', 'proxy-authorization'])
      expect(headers[name]).toBeUndefined();
  });

  it('[F1] row 30: writes names as the client wrote them, and repeats what it repeated', async () => {
    const fake = await upstream('healthy');
    const rawClientHeaders = ['Host', 'gateway', 'X-Brand-New', 'one', 'x-brand-new', 'two', 'X-Ccproxy-Token', 'local', 'Cookie', 'c=1'];
    await collect(provider(fake.url), request({ rawClientHeaders })).settled;
    const names = fake.last.rawHeaders.filter((_, index) => index % 2 === 0);
    expect(fake.last.headers['x-brand-new']).toBe('one, two');
    expect(names.filter((name) => /brand/i.test(name))).toEqual(['X-Brand-New', 'x-brand-new']);
    expect(names.some((name) => /ccproxy|cookie/i.test(name))).toBe(false);
    expect(fake.last.headers.host).not.toBe('gateway');
  });

  it('[F1] row 29: an apiKey replaces both credentials of the client, and `none` sends neither', async () => {
    const fake = await upstream('healthy');
    const clientHeaders = { ...request().clientHeaders, 'x-api-key': 'sk-ant-client' };
    await collect(provider(fake.url, { kind: 'apiKey', value: 'sk-own' }), request({ clientHeaders })).settled;
    expect(fake.last.headers['x-api-key']).toBe('sk-own');
    expect(fake.last.headers.authorization).toBeUndefined();
    await collect(provider(fake.url, { kind: 'none' }), request({ clientHeaders })).settled;
    expect(fake.last.headers['x-api-key']).toBeUndefined();
    expect(fake.last.headers.authorization).toBeUndefined();
  });

  it('[F1] row 31: drops response headers that speak for another origin or connection', async () => {
    const fake = await upstream('hop-headers');
    const got = collect(provider(fake.url), request());
    await got.settled;
    expect(got.headers).toMatchObject({ 'request-id': 'req_fake', 'content-type': 'text/event-stream; charset=utf-8' });
    const dropped = [
      'set-cookie',
      'connection',
      'x-private',
      'proxy-authenticate',
      'access-control-allow-origin',
      'alt-svc',
      'x-ccproxy-route',
    ];
    for (const name of dropped) expect(got.headers[name]).toBeUndefined();
  });

  it('keeps a subscription login from hosts that are not Anthropic', async () => {
    const got = collect(provider('https://gateway.example.com'), request({ clientHeaders: { authorization: 'Bearer sk-ant-oat01-abc' } }));
    await got.settled;
    expect(got.error?.code).toBe('CCP_PROVIDER_SUBSCRIPTION');
    expect(got.error?.message).not.toContain('sk-ant');
  });

  it('sends a subscription login on for Claude Code only', async () => {
    const fake = await upstream('healthy');
    const login = { authorization: 'Bearer sk-ant-oat01-abc' };
    const other = collect(provider(fake.url), request({ clientHeaders: { ...login, 'user-agent': 'curl/8.0' } }));
    await other.settled;
    expect(other.error?.code).toBe('CCP_PROVIDER_SUBSCRIPTION');
    const real = collect(provider(fake.url), request({ clientHeaders: { ...login, 'user-agent': 'claude-cli/2.1.328 (external, cli)' } }));
    await real.settled;
    expect(real.status).toBe(200);
  });
});

describe('AnthropicProvider faults', () => {
  const fault = async (name: BehaviourName, limits: Partial<ProviderTimeouts> = {}, ask = request()) => {
    const fake = await upstream(name);
    const got = collect(provider(fake.url, { kind: 'client' }, limits), ask);
    await got.settled;
    return { got, fake };
  };

  it.each(['redirect-302', 'redirect-loop'] as const)('[F1] row 28: %s is not followed', async (name) => {
    const other = await upstream('healthy');
    const fake = await FakeUpstream.listen(({ response }) => void response.writeHead(307, { location: `${other.url}/v1/messages` }).end());
    open.push(fake);
    const got = collect(provider(fake.url), request());
    await got.settled;
    expect(got.error).toMatchObject({ code: 'CCP_UPSTREAM_REDIRECT', httpStatus: 502, retryable: false });
    expect(other.seen).toHaveLength(0);
    const { got: same } = await fault(name);
    expect(same.error?.code).toBe('CCP_UPSTREAM_REDIRECT');
  });

  it.each([
    ['reset-at-once', 'CCP_UPSTREAM_RESET'],
    ['close-before-answer', 'CCP_UPSTREAM_RESET'],
    ['reset-in-head', 'CCP_UPSTREAM_RESET'],
    ['reset-midway', 'CCP_UPSTREAM_RESET'],
    ['gzip', 'CCP_UPSTREAM_ENCODING'],
    ['gzip-bomb', 'CCP_UPSTREAM_ENCODING'],
    ['not-gzip', 'CCP_UPSTREAM_ENCODING'],
    ['huge-header', 'CCP_UPSTREAM_TOO_LARGE'],
    ['giant-json', 'CCP_UPSTREAM_TOO_LARGE'],
    ['bad-status', 'CCP_UPSTREAM_MALFORMED'],
    ['garbage', 'CCP_UPSTREAM_MALFORMED'],
    ['two-content-lengths', 'CCP_UPSTREAM_MALFORMED'],
    ['length-and-chunked', 'CCP_UPSTREAM_MALFORMED'],
    ['interim-flood', 'CCP_UPSTREAM_MALFORMED'],
  ] as const)('[F1] rows 53-63: %s is %s', async (name, code) => {
    const { got } = await fault(name, {}, name === 'giant-json' ? document : request());
    expect(got.error?.code).toBe(code);
    expect(got.error?.httpStatus).toBe(502);
    expect(got.order.at(-1)).toBe('error');
  });

  it('[F1] row 63: a body shorter than its length is an error', async () => {
    const { got } = await fault('short-body', {}, document);
    expect(got.error?.code).toMatch(/^CCP_UPSTREAM_(RESET|MALFORMED)$/);
  });

  it('[F1] row 53: a refused connection, an unknown name and a bad certificate are told apart', async () => {
    const fake = await FakeUpstream.listen(behaviours.healthy);
    const { url } = fake;
    await fake.close();
    const refused = collect(provider(url), request());
    await refused.settled;
    expect(refused.error?.code).toBe('CCP_UPSTREAM_CONNECT');
    const unknown = collect(provider('http://nowhere.invalid'), request());
    await unknown.settled;
    expect(unknown.error?.code).toBe('CCP_UPSTREAM_DNS');
  });

  it.each([
    ['hang-before-head', 'firstByte', 'CCP_UPSTREAM_TIMEOUT_FIRST_BYTE'],
    ['hang-after-head', 'firstByte', 'CCP_UPSTREAM_TIMEOUT_FIRST_BYTE'],
    ['hang-midway', 'idle', 'CCP_UPSTREAM_TIMEOUT_IDLE'],
    ['hang-midway', 'total', 'CCP_UPSTREAM_TIMEOUT_TOTAL'],
  ] as const)('[F1] row 54: %s ends with the limit %s and closes the connection', async (name, limit, code) => {
    const { got, fake } = await fault(name, { [limit]: 150 });
    expect(got.error).toMatchObject({ code, httpStatus: 504, anthropicType: 'timeout_error' });
    await expect.poll(() => fake.open).toBe(0);
  });

  it('[F1] row 66: a connection whose answer broke framing is not used again', async () => {
    const fake = await upstream('length-and-chunked');
    const made = provider(fake.url);
    await collect(made, document).settled;
    fake.behaviour = behaviours.healthy;
    const answers = await Promise.all(
      Array.from({ length: 20 }, async () => {
        const got = collect(made, request());
        await got.settled;
        return got.text();
      }),
    );
    expect(new Set(answers)).toEqual(new Set([messageFrames().join('')]));
  });

  it('keeps a connection alive between calls', async () => {
    const fake = await upstream('healthy');
    const made = provider(fake.url);
    for (let index = 0; index < 10; index += 1) await collect(made, request()).settled;
    // A call begun inside the end of another finds its connection not free yet.
    expect(fake.connections).toBeLessThan(3);
  });
});

describe('AnthropicProvider abort', () => {
  it.each(['hang-before-head', 'hang-after-head', 'hang-midway'] as const)(
    '[F1] row 52: closes the upstream within 250 ms: %s',
    async (name) => {
      const fake = await upstream(name);
      const got = collect(provider(fake.url), request());
      await expect.poll(() => fake.seen.length).toBe(1);
      await expect.poll(() => got.chunks.length).toBeGreaterThanOrEqual(name === 'hang-midway' ? 1 : 0);
      const aborted = performance.now();
      got.call.abort();
      await expect.poll(() => fake.last.state, { interval: 5 }).toBe('aborted');
      expect(fake.last.endedAt - aborted).toBeLessThan(250);
      expect(got.error).toBeUndefined();
    },
  );

  it('[F1] row 51: a paused call stops the upstream from sending', async () => {
    let sent = 0;
    const fake = await FakeUpstream.listen((exchange) => {
      streamHead(exchange);
      const piece = Buffer.alloc(64 * 1024, 'x');
      const pump = (): void => {
        if (sent >= 200 * piece.length || exchange.response.destroyed) return;
        sent += piece.length;
        exchange.response.write(piece, pump);
      };
      pump();
    });
    open.push(fake);
    const got = collect(provider(fake.url), request(), ({ call }) => call.pause());
    await got.head;
    await expect.poll(() => sent, { interval: 50 }).toBeGreaterThan(0);
    await new Promise((resolve) => setTimeout(resolve, 200));
    expect(got.chunks.length).toBeLessThan(4);
    expect(sent).toBeLessThan(200 * 64 * 1024);
    got.call.abort();
  });
});
