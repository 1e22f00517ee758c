import type { IncomingMessage } from 'node:http';
import { behaviours, FakeUpstream, messageDocument, messageFrames, streamHead } from '@ccproxy/providers/testing';
import { afterEach, describe, expect, it } from 'vitest';
import { type Gateway, type HarnessOptions, messageBody, providerConfig, startGateway, target } from './testing/gateway-harness.js';

const open: { close(): Promise<void> }[] = [];
afterEach(async () => {
  for (const each of open.splice(0).toReversed()) await each.close();
});
const upstream = async (behaviour = behaviours.healthy): Promise<FakeUpstream> => {
  const fake = await FakeUpstream.listen(behaviour);
  open.push(fake);
  return fake;
};
const gateway = async (options: HarnessOptions): Promise<Gateway> => {
  const made = await startGateway(options);
  open.push(made);
  return made;
};
const passthrough = async (fake: FakeUpstream, options: Partial<HarnessOptions> = {}): Promise<Gateway> =>
  gateway({ providers: [providerConfig('anthropic', fake.url)], models: [target('default', 'anthropic')], ...options });

describe('passthrough', () => {
  it('[C12] sends the very bytes of the body and gives the very bytes of the stream', async () => {
    const fake = await upstream();
    const { ask } = await passthrough(fake);
    const body =
      '{ "brand_new": [1, 2,\t3], "model": "claude-x", "messages":[{"role":"system","content":[]}],"stream" : true, "ü": "\\u00fc" }';
    const headers = {
      'anthropic-beta': 'a-2025-01-01,b-new',
      'anthropic-version': '2023-06-01',
      'x-app': 'cli',
      'x-unknown-header': 'kept',
    };
    const answer = await ask({ body, headers });
    expect(fake.last.body.toString()).toBe(body);
    expect(fake.last.path).toBe('/v1/messages?beta=true');
    expect(fake.last.headers).toMatchObject({
      ...headers,
      authorization: 'Bearer sk-ant-client',
      'content-length': String(Buffer.byteLength(body)),
    });
    expect(answer.status).toBe(200);
    expect(answer.text).toBe(messageFrames().join(''));
    expect(answer.headers).toMatchObject({
      'content-type': 'text/event-stream; charset=utf-8',
      'request-id': 'req_fake',
      'x-ccproxy-route': 'default',
      'x-ccproxy-target': 'default',
      'x-ccproxy-attempts': '1',
    });
    expect(answer.headers['x-ccproxy-request-id']).toMatch(/^req_/);
  });

  it('[C12] gives a document with its status, headers and bytes', async () => {
    const fake = await upstream();
    const { ask } = await passthrough(fake);
    const answer = await ask({ body: messageBody({ stream: false }) });
    expect(answer.text).toBe(messageDocument());
    expect(answer.headers['content-type']).toBe('application/json');
    expect(answer.headers['content-length']).toBe(String(Buffer.byteLength(messageDocument())));
  });

  it.each(['drip-1', 'drip-3', 'comments', 'unknown-event'] as const)('[F1] row 59: %s arrives byte for byte', async (name) => {
    const expected: Record<typeof name, string> = {
      'drip-1': messageFrames().join(''),
      'drip-3': messageFrames().join(''),
      comments: `: hello\n\n${messageFrames()
        .flatMap((frame) => [frame, ': keep-alive\n\n'])
        .join('')}`,
      'unknown-event': [
        ...messageFrames().slice(0, 4),
        'event: brand_new\ndata: {"type":"brand_new","x":1}\n\n',
        ...messageFrames().slice(4),
      ].join(''),
    };
    const { ask } = await passthrough(await upstream(behaviours[name]));
    expect((await ask()).text).toBe(expected[name]);
  });

  it('[F1] row 59: CRLF line ends and a BOM arrive byte for byte', async () => {
    const crlf = await passthrough(await upstream(behaviours.crlf));
    expect((await crlf.ask()).text).toBe(messageFrames().join('').replaceAll('\n', '\r\n'));
    const bom = await passthrough(await upstream(behaviours.bom));
    expect((await bom.ask()).text).toBe(`\uFEFF${messageFrames().join('')}`);
  });

  it('puts the model of the target in place of the client’s and touches nothing else', async () => {
    const fake = await upstream();
    const { ask } = await passthrough(fake, { models: [target('default', 'anthropic', { model: 'much-longer-model-name-than-before' })] });
    const body = '{"a":1,"model":"claude-x","messages":[],"stream":true,"z":[ ]}';
    await ask({ body });
    expect(fake.last.body.toString()).toBe(body.replace('claude-x', 'much-longer-model-name-than-before'));
    const shorter = await passthrough(fake, { models: [target('default', 'anthropic', { model: 'm' })] });
    await shorter.ask({ body });
    expect(JSON.parse(fake.last.body.toString())).toEqual({ ...(JSON.parse(body) as object), model: 'm' });
  });
});

describe('ledger, access log, metrics', () => {
  it('[C17] opens the row before the provider is contacted and closes it before the last byte goes out', async () => {
    const fake = await upstream();
    const { ask, ledger } = await passthrough(fake);
    const wait = Promise.withResolvers<void>();
    const order: string[] = [];
    ledger.intercept = (kind, written) => {
      order.push(`${kind} begun, ${fake.seen.length} upstream`);
      if (kind === 'close') void wait.promise.then(() => setTimeout(() => (order.push('close written'), written()), 30));
      else setTimeout(written, 30);
    };
    const pending = ask().then((answer) => {
      order.push('answer complete');
      return answer;
    });
    await expect.poll(() => order.length).toBe(2);
    await new Promise((resolve) => setTimeout(resolve, 50));
    wait.resolve();
    expect((await pending).text).toBe(messageFrames().join(''));
    expect(order).toEqual(['open begun, 0 upstream', 'close begun, 1 upstream', 'close written', 'answer complete']);
  });

  it('[C17] records usage, outcome and sizes of a stream and of a document', async () => {
    const { ask, ledger, lines } = await passthrough(await upstream());
    const headers = { 'x-claude-code-session-id': '0b9a3f0e-0000-4000-8000-000000000000', 'x-claude-code-request-class': 'main' };
    await ask({ headers });
    await ask({ body: messageBody({ stream: false }) });
    await expect.poll(() => lines.length).toBe(2);
    const usage = { inputTokens: 25, outputTokens: 15, cacheReadTokens: 7, cacheCreationTokens: 3 };
    const common = {
      outcome: 'ok',
      httpStatus: 200,
      target: 'default',
      provider: 'anthropic',
      model: 'claude-x',
      principal: 'anonymous',
      attempt: 1,
    };
    expect(ledger.rows).toMatchObject([
      { ...common, usage, stream: true, stopReason: 'end_turn', sessionId: headers['x-claude-code-session-id'], requestClass: 'main' },
      { ...common, usage, stream: false, bytesOut: Buffer.byteLength(messageDocument()) },
    ]);
    expect(lines).toMatchObject([
      {
        status: 200,
        outcome: 'ok',
        route: 'default',
        attempts: 1,
        tokensIn: 25,
        tokensOut: 15,
        bytesOut: Buffer.byteLength(messageFrames().join('')),
      },
      { status: 200, outcome: 'ok', stream: false },
    ]);
  });

  it('counts requests, attempts and tokens', async () => {
    const { ask, metricsText, lines } = await passthrough(await upstream());
    await ask();
    await expect.poll(() => lines.length).toBe(1);
    const text = await metricsText();
    expect(text).toContain('ccproxy_gateway_requests_total{target="default",outcome="ok"} 1');
    expect(text).toContain('ccproxy_gateway_attempts_total{provider="anthropic",outcome="ok"} 1');
    expect(text).toContain('ccproxy_gateway_tokens_total{target="default",kind="output"} 15');
  });

  it('[C8] learns from observed usage', async () => {
    const fake = await upstream();
    const { ask, ledger } = await passthrough(fake);
    const body = messageBody({ messages: [{ role: 'user', content: 'x'.repeat(4000) }], stream: false });
    const big = messageDocument().replace('"input_tokens":25', '"input_tokens":2090');
    fake.behaviour = ({ response }) => void response.writeHead(200, { 'content-type': 'application/json' }).end(big);
    await ask({ body });
    await expect.poll(() => ledger.totals().open).toBe(0);
    await ask({ body });
    const [first, second] = ledger.rows.map((row) => row.estimatedTokens);
    expect(second).toBeGreaterThan((first ?? 0) * 1.5);
  });

  it('[F1] row 65: usage that cannot be is unknown, and nothing breaks', async () => {
    const fake = await upstream();
    const { ask, ledger } = await passthrough(fake);
    for (const name of ['negative-usage', 'no-usage', 'giant-usage'] as const) {
      fake.behaviour = behaviours[name];
      expect((await ask({ body: messageBody({ stream: false }) })).status).toBe(200);
    }
    expect(ledger.rows.map((row) => row.usage?.outputTokens)).toEqual([undefined, undefined, undefined]);
    expect(({} as { polluted?: unknown }).polluted).toBeUndefined();
  });

  it('[C15] tells recent rows and decisions over IPC, with the explanation and without the prompt', async () => {
    const { ask, module, lines } = await passthrough(await upstream());
    await ask({ body: messageBody({ messages: [{ role: 'user', content: 'a private prompt' }] }) });
    await expect.poll(() => lines.length).toBe(1);
    const call = (name: string) => {
      const binding = module.ipcMethods?.find((each) => each.kind === 'method' && each.method.name === name);
      return binding?.kind === 'method'
        ? binding.handle({ limit: 10 }, { connectionId: '1', client: 't', pid: 1, onClose() {} })
        : undefined;
    };
    expect(await call('ledger.recent')).toMatchObject({ rows: [{ target: 'default', outcome: 'ok' }] });
    const decisions = await call('decisions.recent');
    expect(decisions).toMatchObject({
      decisions: [{ route: 'default', attempts: ['default'], outcome: 'ok', facts: { model: 'claude-x' } }],
    });
    expect(JSON.stringify(decisions)).toContain('no rule fired');
    expect(JSON.stringify(decisions)).not.toContain('private prompt');
  });

  it('[C10] tells its health', async () => {
    const fake = await upstream();
    const { module } = await gateway({
      providers: [providerConfig('anthropic', fake.url), providerConfig('paid', fake.url, { unavailable: 'PAID_KEY is not set' })],
      models: [target('default', 'anthropic')],
    });
    expect(module.health?.()).toMatchObject({
      active: 0,
      providers: [
        { name: 'anthropic', available: true, reason: null },
        { name: 'paid', available: false, reason: 'PAID_KEY is not set' },
      ],
      targets: [{ name: 'default', provider: 'anthropic', model: null }],
    });
  });
});

describe('refusals', () => {
  it.each([
    ['', 'The request body is empty.'],
    ['{', ''],
    ['[]', ''],
    ['{"model":"m"}', 'messages'],
    ['{"messages":[]}', 'model'],
    ['{"model":7,"messages":[]}', 'model'],
  ])('[F1] row 41: the body %j is a 400 in Anthropic form', async (body, words) => {
    const fake = await upstream();
    const { ask, lines } = await passthrough(fake);
    const answer = await ask({ body });
    expect(answer.status).toBe(400);
    expect(answer.json()).toMatchObject({
      type: 'error',
      error: { type: 'invalid_request_error', message: expect.stringContaining(words) },
    });
    expect(answer.headers['x-should-retry']).toBe('false');
    expect(fake.seen).toHaveLength(0);
    expect(lines).toMatchObject([{ outcome: 'refused', status: 400, errorCode: 'CCP_GATEWAY_BODY' }]);
  });

  it('[C4] a target that does not exist is a 400 that names the targets', async () => {
    const { ask } = await passthrough(await upstream());
    const answer = await ask({ body: messageBody({ model: 'claude-via-nowhere' }) });
    expect(answer.status).toBe(400);
    expect(answer.text).toContain('There is no target \\"nowhere\\"');
  });
});

describe('other endpoints', () => {
  it('[C11] counts tokens at the provider the message would go to', async () => {
    const fake = await upstream(
      ({ response }) => void response.writeHead(200, { 'content-type': 'application/json' }).end('{"input_tokens":42}'),
    );
    const { ask, ledger } = await passthrough(fake, { models: [target('default', 'anthropic', { model: 'm' })] });
    const answer = await ask({ path: '/v1/messages/count_tokens?beta=true', body: messageBody({ tools: [] }) });
    expect(answer.json()).toEqual({ input_tokens: 42 });
    expect(fake.last.path).toBe('/v1/messages/count_tokens?beta=true');
    expect(JSON.parse(fake.last.body.toString())).toMatchObject({ model: 'm' });
    expect(ledger.rows).toHaveLength(0);
    const bad = await ask({ path: '/v1/messages/count_tokens', body: '{}' });
    expect(bad.status).toBe(400);
  });

  it('[C11] lists the targets a client can name, and takes their ids as models', async () => {
    const fake = await upstream();
    const { ask } = await passthrough(fake, {
      models: [target('default', 'anthropic'), target('fast', 'anthropic', { model: 'claude-fast' })],
    });
    const list = await ask({ path: '/v1/models?limit=1000', method: 'GET' });
    expect(list.json()).toMatchObject({
      data: [{ type: 'model', id: 'claude-via-fast', display_name: expect.stringContaining('claude-fast') }],
      has_more: false,
    });
    const answer = await ask({ body: messageBody({ model: 'claude-via-fast' }) });
    expect(answer.headers['x-ccproxy-target']).toBe('fast');
    expect(JSON.parse(fake.last.body.toString())).toMatchObject({ model: 'claude-fast' });
  });

  it('[C11] answers the start-up probe without any credential', async () => {
    const { ask } = await passthrough(await upstream(), { server: { authKey: 'a-long-random-key-of-the-server' } });
    expect((await ask({ path: '/api/hello', method: 'HEAD', headers: { authorization: '' } })).status).toBe(200);
    expect((await ask({ path: '/api/hello', method: 'GET', headers: { authorization: '' } })).status).toBe(200);
    expect((await ask({ path: '/v1/models', method: 'GET', headers: { authorization: '' } })).status).toBe(401);
  });

  it('passes what it does not know to an Anthropic default target', async () => {
    const fake = await upstream(
      ({ response }) => void response.writeHead(201, { 'content-type': 'text/plain', 'x-new': '1' }).end('raw bytes'),
    );
    const { ask, lines } = await passthrough(fake);
    const answer = await ask({ path: '/v1/files?limit=2', method: 'GET' });
    expect(answer).toMatchObject({ status: 201, text: 'raw bytes' });
    expect(answer.headers).toMatchObject({ 'x-new': '1', 'content-type': 'text/plain' });
    expect(fake.last).toMatchObject({ method: 'GET', path: '/v1/files?limit=2' });
    await ask({ path: '/v1/messages/batches', body: '{"requests":[]}' });
    expect(fake.last.body.toString()).toBe('{"requests":[]}');
    await expect.poll(() => lines.length).toBe(2);
  });

  it('refuses what only Anthropic has when the default target is another', async () => {
    const { ask } = await gateway({ providers: [providerConfig('demo', undefined)], models: [target('default', 'demo')] });
    const answer = await ask({ path: '/v1/files', method: 'GET' });
    expect(answer.status).toBe(501);
    expect(answer.headers['x-should-retry']).toBe('false');
    expect(answer.json()).toMatchObject({ error: { type: 'not_supported' } });
  });

  it('[C6] the demo serves at once, streamed and not, and counts', async () => {
    const { ask } = await gateway({ providers: [providerConfig('demo', undefined)], models: [target('default', 'demo')] });
    expect((await ask()).text).toContain('event: message_stop');
    expect((await ask({ body: messageBody({ stream: false }) })).json()).toMatchObject({ type: 'message' });
    expect((await ask({ path: '/v1/messages/count_tokens' })).json()).toMatchObject({ input_tokens: expect.any(Number) });
  });
});

describe('credentials', () => {
  const key = 'sk-own-key-of-the-configuration';
  const paid = (fake: FakeUpstream) => providerConfig('paid', fake.url, { auth: { kind: 'apiKey', value: key } });

  it('[F1] row 29: a key is spent only for callers with a gateway token', async () => {
    const fake = await upstream();
    const { ask, token } = await gateway({ providers: [paid(fake)], models: [target('default', 'paid')] });
    const refused = await ask();
    expect(refused.status).toBe(401);
    expect(refused.headers['x-should-retry']).toBe('false');
    expect(refused.json()).toMatchObject({ error: { type: 'authentication_error' } });
    expect(fake.seen).toHaveLength(0);
    const other = await ask({ path: '/v1/files', method: 'GET' });
    expect(other.status).toBe(401);
    const served = await ask({ headers: { 'x-ccproxy-token': token } });
    expect(served.status).toBe(200);
    expect(fake.last.headers['x-api-key']).toBe(key);
  });

  it('[F1] row 30: neither a local token nor the client’s credential reaches a provider with its own key', async () => {
    const fake = await upstream();
    const { ask, token } = await gateway({ providers: [paid(fake)], models: [target('default', 'paid')] });
    await ask({ headers: { 'x-ccproxy-token': token, 'x-api-key': 'sk-ant-client-too' } });
    await ask({ headers: { authorization: `Bearer ${token}` } });
    for (const { rawHeaders, body } of fake.seen) {
      const all = rawHeaders.join('\n') + body.toString();
      expect(all).not.toContain(token);
      expect(all).not.toContain('sk-ant-client');
    }
  });

  it('[F1] row 29: on fallback each provider gets its own credential and no other', async () => {
    const [first, second, third] = [await upstream(behaviours['error-529']), await upstream(behaviours['error-503']), await upstream()];
    const { ask, token } = await gateway({
      providers: [
        providerConfig('a', first.url),
        providerConfig('b', second.url, { auth: { kind: 'apiKey', value: key } }),
        providerConfig('c', third.url, { auth: { kind: 'none' } }),
      ],
      models: [target('default', 'a', { fallback: ['b', 'c'] }), target('b', 'b'), target('c', 'c')],
    });
    const answer = await ask({ headers: { 'x-ccproxy-token': token } });
    expect(answer.headers).toMatchObject({ 'x-ccproxy-target': 'c', 'x-ccproxy-attempts': '3' });
    expect(first.last.headers).toMatchObject({ authorization: 'Bearer sk-ant-client' });
    expect(first.last.headers['x-api-key']).toBeUndefined();
    expect(second.last.headers['x-api-key']).toBe(key);
    expect(second.last.headers.authorization).toBeUndefined();
    expect(third.last.headers['x-api-key'] ?? third.last.headers.authorization).toBeUndefined();
  });

  it('leaves out a fallback an anonymous caller may not use, and says so', async () => {
    const [first, second] = [await upstream(behaviours['error-529']), await upstream()];
    const { ask } = await gateway({
      providers: [providerConfig('a', first.url), paid(second)],
      models: [target('default', 'a', { fallback: ['b'] }), target('b', 'paid')],
    });
    const answer = await ask();
    expect(answer.status).toBe(529);
    expect(answer.headers['x-ccproxy-dropped']).toBe('target b');
    expect(second.seen).toHaveLength(0);
  });

  it.each(['/v1/messages', '/v1/files'])(
    '[F1] row 32: a provider that repeats our key in its error does not tell the client: %s',
    async (path) => {
      const fake = await upstream(({ request, response }) => {
        const message = `invalid key ${String(request.headers['x-api-key'])} at ${request.path}`;
        response.writeHead(401, { 'content-type': 'application/json' });
        response.end(JSON.stringify({ type: 'error', error: { type: 'authentication_error', message } }));
      });
      const { ask, token, lines } = await gateway({ providers: [paid(fake)], models: [target('default', 'paid')] });
      const answer = await ask({ path, headers: { 'x-ccproxy-token': token } });
      expect(answer.status).toBe(401);
      expect(answer.text).not.toContain(key);
      expect(answer.json()).toMatchObject({ error: { message: expect.stringContaining('***') } });
      expect(JSON.stringify(lines)).not.toContain(key);
    },
  );

  it('masks a local secret in a body, byte for byte in place', async () => {
    const fake = await upstream();
    const localSecrets = () => ['the-admin-token-of-this-daemon', 'short'];
    const { ask, token } = await gateway({
      providers: [providerConfig('a', fake.url), paid(fake)],
      models: [target('default', 'a')],
      deps: { localSecrets },
    });
    const body = messageBody({ messages: [{ role: 'user', content: `env says ${key} and the-admin-token-of-this-daemon, short` }] });
    await ask({ body, headers: { 'x-ccproxy-token': token } });
    const sent = fake.last.body.toString();
    expect(sent).toBe(body.replace(key, '*'.repeat(key.length)).replace('the-admin-token-of-this-daemon', '*'.repeat(30)));
  });

  it('[F1] row 28: a redirect is not followed and takes no credential along', async () => {
    const elsewhere = await upstream();
    const fake = await upstream(({ response }) => void response.writeHead(307, { location: `${elsewhere.url}/v1/messages` }).end());
    const { ask } = await passthrough(fake);
    const answer = await ask();
    expect(answer.status).toBe(502);
    expect(answer.headers).toMatchObject({ 'x-ccproxy-error': 'CCP_UPSTREAM_REDIRECT', 'x-should-retry': 'false' });
    expect(elsewhere.connections).toBe(0);
  });

  it('[F1] row 31: response headers of another origin or connection do not reach the client', async () => {
    const { ask } = await passthrough(await upstream(behaviours['hop-headers']));
    const { headers } = await ask();
    for (const name of [
      'set-cookie',
      'x-private',
      'proxy-authenticate',
      'access-control-allow-origin',
      'alt-svc',
      'strict-transport-security',
    ]) {
      expect(headers[name]).toBeUndefined();
    }
    expect(headers['x-ccproxy-route']).toBe('default');
  });
});

describe('backpressure', () => {
  it('[F1] row 51: a client that does not read stops the provider, and gets everything in the end', async () => {
    const piece = `event: content_block_delta\ndata: {"type":"content_block_delta","index":0,"delta":{"type":"text_delta","text":"${'x'.repeat(65_000)}"}}\n\n`;
    const total = 600;
    let sent = 0;
    const fake = await upstream((exchange) => {
      streamHead(exchange);
      const [start = '', block = ''] = messageFrames();
      exchange.response.write(start + block);
      const pump = (): void => {
        if (sent === total) return void exchange.response.end(messageFrames().slice(-3).join(''));
        sent += 1;
        exchange.response.write(piece, pump);
      };
      pump();
    });
    const { open: send } = await passthrough(fake);
    const request = send();
    const message = await new Promise<IncomingMessage>((resolve) => request.once('response', resolve));
    let last = -1;
    await expect
      .poll(
        () => {
          const still = sent === last;
          last = sent;
          return still && sent > 0;
        },
        { interval: 200, timeout: 20_000 },
      )
      .toBe(true);
    expect(sent).toBeLessThan(total);
    let bytes = 0;
    for await (const chunk of message) bytes += (chunk as Buffer).length;
    expect(bytes).toBe(
      Buffer.byteLength(messageFrames().slice(0, 2).join('')) + total * piece.length + messageFrames().slice(-3).join('').length,
    );
  });
});
