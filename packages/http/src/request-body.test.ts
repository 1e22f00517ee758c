import { createHash } from 'node:crypto';
import { connect } from 'node:net';
import { setTimeout as sleep } from 'node:timers/promises';
import { afterEach, describe, expect, it } from 'vitest';
import type { DaemonModule } from './daemon-module.js';
import { readRawBody } from './read-raw-body.js';
import { exchange } from './testing/attack/exchange.js';
import { startTestServer, type TestServer, type TestServerOptions } from './testing/test-server.js';

const megabyte = 1024 * 1024;
const digest = (bytes: Buffer): string => createHash('sha256').update(bytes).digest('hex');
const digestModule: DaemonModule = {
  name: 'digest',
  // oxlint-disable-next-line require-await -- a Fastify plugin is asynchronous by contract
  routes: async (app) => {
    app.post('/digest', (request) => digest(readRawBody(request)));
    app.post('/small', { bodyLimit: 10 }, (request) => digest(readRawBody(request)));
  },
};

let server: TestServer;
const start = async (options: TestServerOptions = {}): Promise<void> => {
  server = await startTestServer({ modules: [digestModule], ...options });
};
afterEach(() => server.http.close());

const post = (path: string, body: Buffer | ReadableStream, headers: Record<string, string> = {}): Promise<Response> =>
  fetch(`${server.url}${path}`, {
    method: 'POST',
    body,
    headers: { 'content-type': 'application/json', ...headers },
    ...(body instanceof ReadableStream ? { duplex: 'half' } : {}),
  } as RequestInit);
const head = (length: number): string =>
  `POST /digest HTTP/1.1\r\nHost: 127.0.0.1:${server.port}\r\nContent-Type: application/json\r\nContent-Length: ${length}\r\n\r\n`;
/** Bytes whose order shows when a piece is missing, doubled or moved. */
const bytesOf = (size: number): Buffer =>
  Buffer.alloc(size, Buffer.from(Uint8Array.from({ length: 65_521 }, (_, index) => (index * 31 + (index >> 8)) & 0xff)));

describe('request bodies', () => {
  it.each([0, 1, 1000, 70_000, megabyte, 9 * megabyte + 1])(
    '[C12] reads %i bytes as they were sent, with a length and in chunks',
    async (size) => {
      await start();
      const bytes = bytesOf(size);
      expect(await (await post('/digest', bytes)).text()).toBe(digest(bytes));
      const stream = new ReadableStream({
        start(controller) {
          for (let at = 0; at < size; at += 30_011) controller.enqueue(bytes.subarray(at, at + 30_011));
          controller.close();
        },
      });
      expect(await (await post('/digest', stream)).text()).toBe(digest(bytes));
    },
  );

  it('[F1] row 40: takes a body of 30 MB', async () => {
    await start();
    const bytes = bytesOf(30 * megabyte);
    expect(await (await post('/digest', bytes)).text()).toBe(digest(bytes));
  });

  it('[F1] row 39: refuses a body over the limit of the server or of the route, announced or not', async () => {
    await start({ server: { bodyLimit: megabyte } });
    const large = bytesOf(megabyte + 1);
    for (const body of [large, new Blob([large]).stream()]) {
      const answer = await post('/digest', body);
      expect([answer.status, answer.headers.get('connection'), answer.headers.get('x-should-retry')]).toEqual([413, 'close', 'false']);
      expect(await answer.json()).toMatchObject({ error: { type: 'request_too_large' } });
    }
    expect((await post('/small', bytesOf(11))).status).toBe(413);
    expect((await post('/small', bytesOf(10))).status).toBe(200);
    expect((await post('/digest', bytesOf(megabyte))).status).toBe(200);
  });

  it('an early refusal reaches a client that is still sending', async () => {
    await start({ server: { bodyLimit: megabyte }, limits: { linger: 5_000 } });
    const answer = await exchange(server.port, '127.0.0.1', [head(8 * megabyte), Buffer.alloc(8 * megabyte, 32)]);
    expect([answer.status, answer.ended === 'reset']).toEqual([413, false]);
    expect(await server.metric('ccproxy_http_refused_total{code="CCP_HTTP_BODY_TOO_LARGE"}')).toBe(1);
  });

  it('does not wait for ever for the rest of a refused body', async () => {
    await start({ server: { bodyLimit: megabyte }, limits: { linger: 50 } });
    const socket = connect(server.port, '127.0.0.1').on('error', () => {});
    const closed = new Promise<void>((resolve) => socket.on('close', () => resolve()));
    socket.resume().write(head(8 * megabyte));
    await closed;
    expect(server.http.activeRequests()).toBe(0);
  });

  it('[F1] row 49: ends a body that drips in below the rate with 408', async () => {
    await start({ limits: { uploadGrace: 100, uploadRate: megabyte } });
    const slow = await exchange(server.port, '127.0.0.1', [head(1000), '{'], { timeout: 10_000 });
    expect([slow.status, slow.ended]).toEqual([408, 'closed']);
    expect(slow.text).toContain('"type":"timeout_error"');
  });

  it('grants time for the bytes that came', async () => {
    await start({ limits: { uploadGrace: 50, uploadRate: 10 } });
    const answer = exchange(server.port, '127.0.0.1', [head(1001), Buffer.alloc(1000, 32)], { timeout: 1_000 });
    expect((await answer).ended).toBe('timeout');
  });

  it('[F1] row 52: a client that leaves in the middle of its body leaves nothing behind', async () => {
    await start();
    const socket = connect(server.port, '127.0.0.1').on('error', () => {});
    socket.write(`${head(1000)}{`);
    while (server.http.activeRequests() === 0) await sleep(5);
    socket.resetAndDestroy();
    while (server.http.activeRequests() > 0) await sleep(5);
    expect((await post('/digest', bytesOf(5))).status).toBe(200);
  });

  it('a POST without a body has an empty one', async () => {
    await start();
    const answer = await fetch(`${server.url}/digest`, { method: 'POST' });
    expect(await answer.text()).toBe(digest(Buffer.alloc(0)));
  });
});
