import { afterEach, describe, expect, it } from 'vitest';
import type { DaemonModule, RouteAccess } from './daemon-module.js';
import { adminToken, gatewayToken, startTestServer, type TestServer, type TestServerOptions } from './testing/test-server.js';
import { mintToken } from './token-registry.js';

const authKey = 'kf83-hs7d-2mx9-qq41';
const levels: readonly RouteAccess[] = ['open', 'gateway', 'token', 'admin'];
const levelsModule: DaemonModule = {
  name: 'levels',
  // oxlint-disable-next-line require-await -- a Fastify plugin is asynchronous by contract
  routes: async (app) => {
    for (const access of levels) app.get(`/${access}`, { config: { access } }, (request) => request.principal);
    app.get('/unstated', (request) => request.principal);
    app.get('/headers', (request) => ({
      headers: request.headers,
      raw: request.raw.rawHeaders,
      distinct: Object.keys(request.raw.headersDistinct),
    }));
  },
};

let server: TestServer;
const start = async (options: TestServerOptions = {}): Promise<void> => {
  server = await startTestServer({ modules: [levelsModule], ...options });
};
afterEach(() => server.http.close());

const ask = (path: string, headers: Record<string, string> = {}): Promise<Response> => fetch(`${server.url}${path}`, { headers });
const statuses = async (headers: Record<string, string> = {}): Promise<number[]> => {
  const found: number[] = [];
  for (const level of [...levels, 'unstated']) found.push((await ask(`/${level}`, headers)).status);
  return found;
};

describe('access', () => {
  it('[F1] row 11: on loopback without a server key, anonymous callers reach open and gateway routes', async () => {
    await start();
    expect(await statuses()).toEqual([200, 200, 401, 401, 200]);
    expect(await statuses({ 'x-ccproxy-token': gatewayToken })).toEqual([200, 200, 200, 403, 200]);
    expect(await statuses({ 'x-ccproxy-token': adminToken })).toEqual([200, 200, 200, 200, 200]);
    expect(await (await ask('/gateway')).json()).toEqual({ kind: 'anonymous' });
    expect(await (await ask('/gateway', { 'x-ccproxy-token': gatewayToken })).json()).toEqual({ kind: 'gateway', id: 'session-1' });
    expect(await (await ask('/gateway', { authorization: `Bearer ${adminToken}` })).json()).toEqual({ kind: 'admin' });
  });

  it('[A7] [F1] row 11: with a server key every route but the open ones needs a token', async () => {
    await start({ server: { authKey } });
    expect(await statuses()).toEqual([200, 401, 401, 401, 401]);
    expect(await statuses({ 'x-ccproxy-token': authKey })).toEqual([200, 200, 200, 403, 200]);
    expect((await ask('/livez')).status).toBe(200);
    for (const path of ['/health', '/readyz', '/metrics', '/nothing-here']) expect((await ask(path)).status).toBe(401);
    expect(await (await ask('/gateway', { 'x-api-key': authKey })).json()).toEqual({ kind: 'gateway', id: 'server' });
  });

  it('[B7] a server other machines can reach needs a token even without a server key', async () => {
    await start({ server: { host: '0.0.0.0' } });
    expect(await statuses()).toEqual([200, 401, 401, 401, 401]);
    expect(await statuses({ authorization: `bearer ${gatewayToken}` })).toEqual([200, 200, 200, 403, 200]);
  });

  it('refuses to start with a key that can be guessed where other machines can reach it', async () => {
    await start();
    await expect(startTestServer({ server: { host: '0.0.0.0', authKey: 'changeme' } })).rejects.toMatchObject({
      code: 'CCP_AUTH_KEY_WEAK',
    });
  });

  it('a wrong token is 401 and the client is told not to repeat it; open routes do not care', async () => {
    await start();
    const dead = mintToken();
    const wrong: Record<string, string>[] = [
      { 'x-ccproxy-token': 'nonsense' },
      { authorization: `Bearer ${dead}` },
      { 'x-api-key': dead },
      { authorization: dead },
    ];
    for (const headers of wrong) {
      const answer = await ask('/gateway', headers);
      expect([answer.status, answer.headers.get('x-should-retry')]).toEqual([401, 'false']);
      expect(await answer.json()).toMatchObject({ type: 'error', error: { type: 'authentication_error' } });
      expect((await ask('/open', headers)).status).toBe(200);
    }
    expect((await ask('/gateway', { 'x-ccproxy-token': gatewayToken, authorization: `Bearer ${dead}` })).status).toBe(200);
    expect((await ask('/gateway', { 'x-ccproxy-token': 'nonsense', authorization: `Bearer ${gatewayToken}` })).status).toBe(401);
  });

  it('a token opens nothing once it is revoked, and still does not pass for a credential of the client', async () => {
    await start();
    server.tokens.add({ token: 'not-minted-by-us', principal: { kind: 'gateway', id: 'k' }, id: 'k' });
    expect((await ask('/token', { authorization: 'Bearer not-minted-by-us' })).status).toBe(200);
    server.tokens.revoke('k');
    expect((await ask('/gateway', { authorization: 'Bearer not-minted-by-us' })).status).toBe(401);
  });
});

describe('removal of local tokens', () => {
  const seen = async (headers: Record<string, string>): Promise<string> => JSON.stringify(await (await ask('/headers', headers)).json());

  it('[C2] no local token is left in the request, wherever it was, and credentials of the client stay', async () => {
    await start();
    const everywhere = { 'x-ccproxy-token': gatewayToken, authorization: `Bearer ${gatewayToken}`, 'x-api-key': adminToken };
    expect(await seen(everywhere)).not.toMatch(/ccp_|"authorization"|"x-api-key"|"x-ccproxy-token"/);
    const mixed = await seen({
      'x-ccproxy-token': gatewayToken,
      authorization: 'Bearer sk-ant-oat01-mine',
      'x-api-key': 'sk-ant-api03-mine',
    });
    expect(mixed).not.toContain('ccp_');
    expect(mixed).toContain('Bearer sk-ant-oat01-mine');
    expect(mixed).toContain('sk-ant-api03-mine');
    expect(await seen({ authorization: 'Bearer sk-ant-oat01-mine' })).toContain('Bearer sk-ant-oat01-mine');
    expect(await seen({ authorization: `Basic ${gatewayToken}` })).not.toContain('ccp_');
  });

  it('a credential header that comes twice is refused: only one of the two would be looked at', async () => {
    await start();
    const { request } = await import('node:http');
    const status = await new Promise<number | undefined>((resolve, reject) => {
      const host = `127.0.0.1:${server.port}`;
      request({ port: server.port, path: '/open', headers: ['host', host, 'x-api-key', 'a', 'x-api-key', gatewayToken] }, (answer) => {
        answer.resume();
        resolve(answer.statusCode);
      })
        .on('error', reject)
        .end();
    });
    expect(status).toBe(400);
  });
});

describe('pages of other origins', () => {
  it('[A8] CORS is closed, and open exactly for the origins the user listed', async () => {
    const origin = 'https://listed.example';
    await start({ server: { allowedOrigins: [origin] } });
    const listed = await ask('/gateway', { origin, 'sec-fetch-site': 'cross-site' });
    expect([listed.status, listed.headers.get('access-control-allow-origin'), listed.headers.get('vary')]).toEqual([200, origin, 'origin']);
    const preflight = (from: string) =>
      fetch(`${server.url}/gateway`, {
        method: 'OPTIONS',
        headers: { origin: from, 'access-control-request-method': 'GET', 'access-control-request-headers': 'x-api-key, content-type' },
      });
    const answer = await preflight(origin);
    expect([answer.status, answer.headers.get('access-control-allow-methods'), answer.headers.get('access-control-allow-headers')]).toEqual(
      [204, 'GET', 'x-api-key, content-type'],
    );
    const foreign = await preflight('https://evil.example');
    expect([foreign.status, foreign.headers.get('access-control-allow-origin')]).toEqual([403, null]);
    expect((await ask('/gateway', { origin: `${origin}.evil.example` })).status).toBe(403);
    expect((await fetch(`${server.url}/gateway`, { method: 'OPTIONS' })).status).toBe(405);
  });
});
