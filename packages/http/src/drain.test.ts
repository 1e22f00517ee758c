import type { ServerResponse } from 'node:http';
import { connect } from 'node:net';
import { setTimeout as sleep } from 'node:timers/promises';
import { afterEach, describe, expect, it } from 'vitest';
import type { DaemonModule } from './daemon-module.js';
import { startTestServer, type TestServer } from './testing/test-server.js';

let server: TestServer;
let streams: ServerResponse[];
const start = async (): Promise<void> => {
  streams = [];
  const module: DaemonModule = {
    name: 'stream',
    // oxlint-disable-next-line require-await -- a Fastify plugin is asynchronous by contract
    routes: async (app) => {
      app.get('/stream', (_request, reply) => {
        reply.hijack();
        reply.raw.writeHead(200);
        reply.raw.write('begun ');
        streams.push(reply.raw);
      });
    },
  };
  server = await startTestServer({ modules: [module] });
};
afterEach(() => server.http.close());

const get = (path: string): string => `GET ${path} HTTP/1.1\r\nHost: 127.0.0.1:${server.port}\r\n\r\n`;

describe('drain', () => {
  it('[B2] lets open answers end, refuses new requests on kept connections, closes idle ones', async () => {
    await start();
    const idle = connect(server.port, '127.0.0.1');
    await new Promise((resolve) => idle.once('data', resolve).write(get('/livez')));
    const idleClosed = new Promise((resolve) => idle.on('close', resolve));

    let text = '';
    const socket = connect(server.port, '127.0.0.1').on('data', (data) => (text += data.toString()));
    const closed = new Promise((resolve) => socket.on('close', resolve));
    socket.write(get('/stream'));
    while (!text.includes('begun')) await sleep(5);

    const drained = server.http.drain({ deadlineMs: 20_000 });
    await idleClosed;
    await expect(fetch(`${server.url}/livez`)).rejects.toThrow('fetch failed');
    socket.write(get('/livez') + get('/readyz') + get('/health') + get('/stream'));
    while (server.http.activeRequests() < 2) await sleep(5);
    streams[0]?.end('ended');
    expect(await drained).toEqual({ unfinished: 0 });
    await closed;
    expect(text).toContain('ended');
    expect([...text.matchAll(/HTTP\/1\.1 (\d+)/g)].map((match) => match[1])).toEqual(['200', '200', '503', '200', '503']);
    expect(text).toContain('"status":"draining"');
    expect(text).toMatch(/retry-after: 1\r\n[^]*connection: close/i);
  });

  it('[B2] gives up at the deadline and says how many are left; close cuts them', async () => {
    await start();
    const answer = await fetch(`${server.url}/stream`);
    expect(await server.http.drain({ deadlineMs: 100 })).toEqual({ unfinished: 1 });
    expect(server.http.activeRequests()).toBe(1);
    await server.http.close();
    await expect(answer.text()).rejects.toThrow('terminated');
    expect(server.http.activeRequests()).toBe(0);
  });

  it('[B6] with a successor: a request on a connection that is still open is answered and the connection closed', async () => {
    await start();
    let text = '';
    const kept = connect(server.port, '127.0.0.1').on('data', (data) => (text += data.toString()));
    const closed = new Promise((resolve) => kept.on('close', resolve));
    kept.write(get('/livez'));
    while (!text.includes('200')) await sleep(5);
    const drained = server.http.drain({ deadlineMs: 20_000, succeeded: true });
    await expect(fetch(`${server.url}/livez`)).rejects.toThrow('fetch failed');
    kept.write(get('/readyz'));
    await closed;
    expect(await drained).toEqual({ unfinished: 0 });
    expect([...text.matchAll(/HTTP\/1\.1 (\d+)/g)].map((match) => match[1])).toEqual(['200', '200']);
    expect(text).toMatch(/connection: close/i);
  });

  it('is over at once when nothing is open, and may be asked twice', async () => {
    await start();
    expect(await server.http.drain({ deadlineMs: 20_000 })).toEqual({ unfinished: 0 });
    expect(await server.http.drain({ deadlineMs: 0 })).toEqual({ unfinished: 0 });
  });
});
