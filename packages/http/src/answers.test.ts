import { setTimeout as sleep } from 'node:timers/promises';
import { type Logger, silentLogger } from '@ccproxy/kernel';
import { afterEach, describe, expect, it } from 'vitest';
import type { DaemonModule } from './daemon-module.js';
import { errors } from './errors.js';
import { exchange } from './testing/attack/exchange.js';
import { echoModule } from './testing/echo-module.js';
import { gatewayToken, startTestServer, type TestServer, type TestServerOptions } from './testing/test-server.js';

const secret = 'sk-ant-api03-of-the-user';
const failingModule: DaemonModule = {
  name: 'failing',
  health: () => {
    throw new Error('no store');
  },
  // oxlint-disable-next-line require-await -- a Fastify plugin is asynchronous by contract
  routes: async (app) => {
    app.get('/defect', () => {
      throw new Error(`cannot use ${secret} in /srv/app.js`);
    });
    app.get('/coded', () => {
      throw errors.CCP_HTTP_OVERLOADED({ message: 'Busy.' });
    });
    app.get('/half', (_request, reply) => {
      reply.hijack();
      reply.raw.writeHead(200);
      reply.raw.write('half');
      throw new Error('after the head');
    });
    app.get('/half-later', async (_request, reply) => {
      reply.hijack();
      await sleep(1);
      throw new Error('before the head');
    });
    app.get('/hang', (_request, reply) => void reply.hijack());
    app.get('/p/:project/v1/things', (request) => ({ id: request.ccproxyId }));
  },
};

let server: TestServer;
const start = async (options: TestServerOptions = {}): Promise<void> => {
  server = await startTestServer({ modules: [echoModule, failingModule], ...options });
};
afterEach(() => server.http.close());
const ask = (path: string, init: RequestInit = {}): Promise<Response> => fetch(`${server.url}${path}`, init);
const token = { headers: { 'x-ccproxy-token': gatewayToken } };

describe('health', () => {
  it('[E1] [C10] tells anonymous callers exactly three things', async () => {
    const agents: DaemonModule = { name: 'agents', health: () => ({ active_agents: 3, queue: { length: 1 } }) };
    await start({ modules: [agents] });
    const body: unknown = await (await ask('/health')).json();
    expect(body).toEqual({ status: 'ok', timestamp: expect.stringMatching(/^\d{4}-\d\d-\d\dT/), active_agents: 3 });
    expect(await (await ask('/health', token)).json()).toMatchObject({
      status: 'ok',
      version: '1.2.3',
      queue: { length: 1 },
      active_agents: 3,
    });
  });

  it('[C10] a module that cannot tell its health hides nothing of the others', async () => {
    const store: DaemonModule = { name: 'store', health: () => ({ store: 'fine', status: 'cannot be faked' }) };
    await start({ modules: [failingModule, store] });
    expect(await (await ask('/health', token)).json()).toMatchObject({ status: 'ok', failing: { error: 'no store' }, store: 'fine' });
  });

  it('answers liveness and readiness, also to HEAD', async () => {
    await start();
    for (const path of ['/livez', '/readyz', '/health']) {
      expect((await ask(path, { method: 'HEAD' })).status).toBe(200);
      expect((await ask(path)).headers.get('cache-control')).toBe('no-store');
    }
  });

  it('[A8] counts what it answered, by route pattern and never by path', async () => {
    await start();
    await ask('/p/secret-project/v1/things');
    await ask('/nowhere-secret');
    expect((await ask('/metrics')).status).toBe(401);
    const metrics = await (await ask('/metrics', token)).text();
    expect(metrics).toContain('ccproxy_http_requests_total{route="/p/:project/v1/things",status="2xx"} 1');
    expect(metrics).toContain('ccproxy_http_requests_total{route="unmatched",status="4xx"} 1');
    expect(metrics).toContain('ccproxy_http_refused_total{code="CCP_HTTP_NOT_FOUND"} 1');
    expect(metrics).toContain('ccproxy_http_active_requests 1');
    expect(metrics).not.toContain('secret');
  });
});

describe('errors', () => {
  it('[F1] row 33: have the Anthropic shape, the id of the request, and nothing the request said', async () => {
    await start();
    const answer = await ask(`/nope/${secret}?key=${secret}`, { headers: { 'x-api-key': secret, 'x-request-id': secret } });
    const text = await answer.text();
    expect(answer.status).toBe(404);
    expect(answer.headers.get('x-should-retry')).toBe('false');
    expect(answer.headers.get('x-ccproxy-error')).toBe('CCP_HTTP_NOT_FOUND');
    expect(JSON.parse(text)).toEqual({
      type: 'error',
      error: { type: 'not_found_error', message: expect.stringContaining('There is no such route') },
      request_id: answer.headers.get('x-ccproxy-request-id'),
    });
    expect(text + JSON.stringify([...answer.headers])).not.toContain(secret);
  });

  it('every answer carries the id of its request, which handlers know too', async () => {
    await start();
    const answers = [await ask('/p/1/v1/things'), await ask('/p/1/v1/things')];
    const ids = answers.map((answer) => answer.headers.get('x-ccproxy-request-id'));
    expect(new Set(ids).size).toBe(2);
    expect(await answers[0]?.json()).toEqual({ id: ids[0] });
  });

  it('a wrong method is 405 with the right ones', async () => {
    await start();
    const answer = await ask('/v1/messages?beta=true', { method: 'DELETE' });
    expect([answer.status, answer.headers.get('allow')]).toEqual([405, 'POST']);
    expect((await ask('/p/1/v1/things', { method: 'PUT' })).headers.get('allow')).toBe('GET');
  });

  it('[F1] row 77: a defect is 500 for its own request, said to the log and not to the client', async () => {
    const logged: unknown[] = [];
    const logger: Logger = { ...silentLogger, error: (fields) => void logged.push(fields) };
    await start({ logger });
    const answer = await ask('/defect');
    const text = await answer.text();
    expect([answer.status, answer.headers.get('x-should-retry')]).toEqual([500, null]);
    expect(text).not.toMatch(/sk-ant|srv|at /);
    expect(logged).toEqual([expect.objectContaining({ requestId: answer.headers.get('x-ccproxy-request-id'), route: '/defect' })]);
    expect((await ask('/livez')).status).toBe(200);
  });

  it('a coded error of a module keeps its status and says whether to repeat', async () => {
    await start();
    const answer = await ask('/coded');
    expect([answer.status, answer.headers.get('retry-after'), answer.headers.get('x-should-retry')]).toEqual([503, '1', null]);
    expect(await answer.json()).toMatchObject({ error: { type: 'overloaded_error', message: 'Busy.' } });
  });

  it('a failure after the head cuts the connection instead of faking an end', async () => {
    await start();
    await expect(ask('/half').then((answer) => answer.text())).rejects.toThrow(TypeError);
    expect((await ask('/half-later')).status).toBe(500);
  });

  it('a URL that cannot be decoded is 400 in the same shape', async () => {
    await start();
    const answer = await exchange(server.port, '127.0.0.1', [`GET /%zz HTTP/1.1\r\nHost: 127.0.0.1:${server.port}\r\n\r\n`]);
    expect(answer.status).toBe(400);
    expect(answer.text).toContain('"type":"invalid_request_error"');
  });

  it('bytes that are no request never stand inside an answer', async () => {
    await start();
    const hang = `GET /hang HTTP/1.1\r\nHost: 127.0.0.1:${server.port}\r\n\r\n`;
    const during = await exchange(server.port, '127.0.0.1', [`${hang}garbage\r\n\r\n`]);
    expect([during.ended === 'closed' || during.ended === 'reset', during.text]).toEqual([true, '']);
    const alone = await exchange(server.port, '127.0.0.1', ['garbage\r\n\r\n']);
    expect(alone.text).toMatch(/^HTTP\/1\.1 400 Bad Request\r\n[^]*"type":"error"/);
    expect(await server.metric('ccproxy_http_malformed_total')).toBe(2);
  });
});

describe('load', () => {
  it('[F1] row 72: sheds what is beyond the bound with 503, and stays healthy', async () => {
    await start({ limits: { activeRequests: 2 } });
    const leave = new AbortController();
    const hanging = [1, 2].map(() => ask('/hang', { signal: leave.signal }).catch(() => 'left'));
    while (server.http.activeRequests() < 2) await sleep(5);
    const shed = await ask('/v1/messages', { method: 'POST' });
    expect([shed.status, shed.headers.get('retry-after')]).toEqual([503, '1']);
    expect((await ask('/livez')).status).toBe(200);
    leave.abort();
    expect(await Promise.all(hanging)).toEqual(['left', 'left']);
    while (server.http.activeRequests() > 0) await sleep(5);
    expect((await ask('/p/1/v1/things')).status).toBe(200);
    expect(await server.metric('ccproxy_http_requests_total{route="/hang",status="aborted"}')).toBe(2);
  });
});
