import { afterEach, describe, expect, it } from 'vitest';
import { messageBody, providerConfig, target } from './testing/gateway-harness.js';
import { TestBed } from './testing/test-bed.js';

const bed = new TestBed();
afterEach(() => bed.close());

describe('refusals', () => {
  it.each([
    ['', 'The request body is empty.'],
    ['{', ''],
    ['[]', ''],
    ['{"model":"m"}', 'messages'],
    ['{"messages":[]}', 'model'],
    ['{"model":7,"messages":[]}', 'model'],
  ])('[F1] row 41: the body %j is a 400 in Anthropic form', async (body, words) => {
    const fake = await bed.upstream();
    const { ask, lines } = await bed.passthrough(fake);
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
    const { ask } = await bed.passthrough(await bed.upstream());
    const answer = await ask({ body: messageBody({ model: 'claude-via-nowhere' }) });
    expect(answer.status).toBe(400);
    expect(answer.text).toContain('There is no target \\"nowhere\\"');
  });
});

describe('other endpoints', () => {
  it('[C11] counts tokens at the provider the message would go to', async () => {
    const fake = await bed.upstream(
      ({ response }) => void response.writeHead(200, { 'content-type': 'application/json' }).end('{"input_tokens":42}'),
    );
    const { ask, ledger } = await bed.passthrough(fake, { models: [target('default', 'anthropic', { model: 'm' })] });
    const answer = await ask({ path: '/v1/messages/count_tokens?beta=true', body: messageBody({ tools: [] }) });
    expect(answer.json()).toEqual({ input_tokens: 42 });
    expect(fake.last.path).toBe('/v1/messages/count_tokens?beta=true');
    expect(JSON.parse(fake.last.body.toString())).toMatchObject({ model: 'm' });
    expect(ledger.rows).toHaveLength(0);
    const bad = await ask({ path: '/v1/messages/count_tokens', body: '{}' });
    expect(bad.status).toBe(400);
  });

  it('[C11] TR-123 lists the targets a client can name, and takes their ids as models', async () => {
    const fake = await bed.upstream();
    const { ask } = await bed.passthrough(fake, {
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
    const { ask } = await bed.passthrough(await bed.upstream(), { server: { authKey: 'a-long-random-key-of-the-server' } });
    expect((await ask({ path: '/api/hello', method: 'HEAD', headers: { authorization: '' } })).status).toBe(200);
    expect((await ask({ path: '/api/hello', method: 'GET', headers: { authorization: '' } })).status).toBe(200);
    expect((await ask({ path: '/v1/models', method: 'GET', headers: { authorization: '' } })).status).toBe(401);
  });

  it('passes what it does not know to an Anthropic default target', async () => {
    const fake = await bed.upstream(
      ({ response }) => void response.writeHead(201, { 'content-type': 'text/plain', 'x-new': '1' }).end('raw bytes'),
    );
    const { ask, lines } = await bed.passthrough(fake);
    const answer = await ask({ path: '/v1/files?limit=2', method: 'GET' });
    expect(answer).toMatchObject({ status: 201, text: 'raw bytes' });
    expect(answer.headers).toMatchObject({ 'x-new': '1', 'content-type': 'text/plain' });
    expect(fake.last).toMatchObject({ method: 'GET', path: '/v1/files?limit=2' });
    await ask({ path: '/v1/messages/batches', body: '{"requests":[]}' });
    expect(fake.last.body.toString()).toBe('{"requests":[]}');
    await expect.poll(() => lines.length).toBe(2);
  });

  it.each(['DELETE', 'PUT', 'PATCH', 'HEAD'])(
    '[F1] row 48: its own endpoints refuse %s, whatever the default target is',
    async (method) => {
      const fake = await bed.upstream();
      const anthropic = await bed.passthrough(fake);
      const demo = await bed.gateway({ providers: [providerConfig('demo', undefined)], models: [target('default', 'demo')] });
      for (const { ask } of [anthropic, demo]) {
        const answer = await ask({ path: '/v1/messages', method, headers: { 'x-http-method-override': 'POST' } });
        expect([answer.status, answer.headers['allow']]).toEqual([405, 'POST']);
        expect((await ask({ path: '/v1/models?limit=1', method })).headers['allow']).toBe('GET');
      }
      expect(fake.seen).toHaveLength(0);
    },
  );

  it('refuses what only Anthropic has when the default target is another', async () => {
    const { ask } = await bed.gateway({ providers: [providerConfig('demo', undefined)], models: [target('default', 'demo')] });
    const answer = await ask({ path: '/v1/files', method: 'GET' });
    expect(answer.status).toBe(501);
    expect(answer.headers['x-should-retry']).toBe('false');
    expect(answer.json()).toMatchObject({ error: { type: 'not_supported' } });
  });

  it('[C6] the demo serves at once, streamed and not, and counts', async () => {
    const { ask } = await bed.gateway({ providers: [providerConfig('demo', undefined)], models: [target('default', 'demo')] });
    expect((await ask()).text).toContain('event: message_stop');
    expect((await ask({ body: messageBody({ stream: false }) })).json()).toMatchObject({ type: 'message' });
    expect((await ask({ path: '/v1/messages/count_tokens' })).json()).toMatchObject({ input_tokens: expect.any(Number) });
  });
});
