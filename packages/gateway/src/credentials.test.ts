import { behaviours, type FakeUpstream } from '@ccproxy/providers/testing';
import { afterEach, describe, expect, it } from 'vitest';
import { messageBody, providerConfig, target } from './testing/gateway-harness.js';
import { TestBed } from './testing/test-bed.js';

const bed = new TestBed();
afterEach(() => bed.close());

describe('credentials', () => {
  const key = 'sk-own-key-of-the-configuration';
  const paid = (fake: FakeUpstream) => providerConfig('paid', fake.url, { auth: { kind: 'apiKey', value: key } });

  it('[F1] row 29: a key is spent only for callers with a gateway token', async () => {
    const fake = await bed.upstream();
    const { ask, token } = await bed.gateway({ providers: [paid(fake)], models: [target('default', 'paid')] });
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
    const fake = await bed.upstream();
    const { ask, token } = await bed.gateway({ providers: [paid(fake)], models: [target('default', 'paid')] });
    await ask({ headers: { 'x-ccproxy-token': token, 'x-api-key': 'sk-ant-client-too' } });
    await ask({ headers: { authorization: `Bearer ${token}` } });
    for (const { rawHeaders, body } of fake.seen) {
      const all = rawHeaders.join('\n') + body.toString();
      expect(all).not.toContain(token);
      expect(all).not.toContain('sk-ant-client');
    }
  });

  it('[F1] row 29: on fallback each provider gets its own credential and no other', async () => {
    const [first, second, third] = [
      await bed.upstream(behaviours['error-529']),
      await bed.upstream(behaviours['error-503']),
      await bed.upstream(),
    ];
    const { ask, token } = await bed.gateway({
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
    const [first, second] = [await bed.upstream(behaviours['error-529']), await bed.upstream()];
    const { ask } = await bed.gateway({
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
      const fake = await bed.upstream(({ request, response }) => {
        const message = `invalid key ${String(request.headers['x-api-key'])} at ${request.path}`;
        response.writeHead(401, { 'content-type': 'application/json' });
        response.end(JSON.stringify({ type: 'error', error: { type: 'authentication_error', message } }));
      });
      const { ask, token, lines } = await bed.gateway({ providers: [paid(fake)], models: [target('default', 'paid')] });
      const answer = await ask({ path, headers: { 'x-ccproxy-token': token } });
      expect(answer.status).toBe(401);
      expect(answer.text).not.toContain(key);
      expect(answer.json()).toMatchObject({ error: { message: expect.stringContaining('***') } });
      expect(JSON.stringify(lines)).not.toContain(key);
    },
  );

  it('masks a local secret in a body, byte for byte in place', async () => {
    const fake = await bed.upstream();
    const localSecrets = () => ['the-admin-token-of-this-daemon', 'short'];
    const { ask, token } = await bed.gateway({
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
    const elsewhere = await bed.upstream();
    const fake = await bed.upstream(({ response }) => void response.writeHead(307, { location: `${elsewhere.url}/v1/messages` }).end());
    const { ask } = await bed.passthrough(fake);
    const answer = await ask();
    expect(answer.status).toBe(502);
    expect(answer.headers).toMatchObject({ 'x-ccproxy-error': 'CCP_UPSTREAM_REDIRECT', 'x-should-retry': 'false' });
    expect(elsewhere.connections).toBe(0);
  });

  it('[F1] row 31: response headers of another origin or connection do not reach the client', async () => {
    const { ask } = await bed.passthrough(await bed.upstream(behaviours['hop-headers']));
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
