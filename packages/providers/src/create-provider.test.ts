import { createServer } from 'node:http';
import { createServer as createTlsServer } from 'node:tls';
import { connect, type AddressInfo } from 'node:net';
import type { ProviderConfig } from '@ccproxy/config';
import { silentLogger, systemClock } from '@ccproxy/kernel';
import { describe, expect, it } from 'vitest';
import { createProvider } from './create-provider.js';
import { createDispatcher, type Egress, isLoopback } from './egress.js';
import { behaviours } from './testing/behaviours.js';
import { collect } from './testing/collect.js';
import { FakeUpstream } from './testing/fake-upstream.js';

const config: ProviderConfig = {
  name: 'p',
  type: 'anthropic',
  baseUrl: 'http://upstream.invalid',
  auth: { kind: 'client' },
  timeouts: { connect: 5000, firstByte: 5000, idle: 5000, total: 60_000 },
  unavailable: undefined,
};
const deps = (egress: Partial<Egress> = {}) => ({
  clock: systemClock,
  logger: silentLogger,
  egress: { proxy: 'env', ca: [], env: {}, ...egress },
  random: Math.random,
});
const request = { method: 'POST', path: '/v1/messages', clientHeaders: {}, body: Buffer.from('{"stream":true}'), stream: true };

describe('createProvider', () => {
  it.each([
    ['an unset variable', { unavailable: 'ANTHROPIC_KEY is not set' }, 'ANTHROPIC_KEY is not set'],
    ['no base URL', { baseUrl: undefined }, 'it has no baseUrl'],
    ['another protocol', { baseUrl: 'file:///etc/passwd' }, 'its baseUrl is not an http or https URL'],
  ] as const)('[C4] %s makes the provider unavailable, with the reason, and nothing else', async (_title, fields, reason) => {
    const provider = createProvider({ ...config, ...fields }, deps());
    expect(provider.availability()).toEqual({ available: false, reason });
    const got = collect(provider, request);
    await got.settled;
    expect(got.error).toMatchObject({ code: 'CCP_PROVIDER_UNAVAILABLE', httpStatus: 503 });
    expect(got.error?.message).toContain(reason);
    const aborted = collect(provider, request);
    aborted.call.pause();
    aborted.call.resume();
    aborted.call.abort();
    await provider.close();
    expect(aborted.order).toEqual([]);
  });

  it('an unreadable CA file makes it unavailable', () => {
    const provider = createProvider(config, deps({ ca: ['/nonexistent/ca.pem'] }));
    expect(provider.availability()).toMatchObject({ available: false, reason: expect.stringContaining('/nonexistent/ca.pem') });
  });

  it('is open to anonymous callers only when it spends the credential of the client', () => {
    expect(createProvider(config, deps()).openToAnonymous).toBe(true);
    expect(createProvider({ ...config, auth: { kind: 'apiKey', value: 'k' } }, deps()).openToAnonymous).toBe(false);
    expect(createProvider({ ...config, auth: { kind: 'none' } }, deps()).openToAnonymous).toBe(false);
  });
});

/** An HTTP proxy that tunnels every CONNECT, and forwards every plain request, to one port. */
const tunnel = async (port: number, status = 200) => {
  const targets: string[] = [];
  const server = createServer((message, response) => {
    targets.push(message.url ?? '');
    response.writeHead(status).end();
  });
  server.on('connect', (message, socket) => {
    targets.push(message.url ?? '');
    socket.on('error', () => socket.destroy());
    if (status === 200) {
      const upstream = connect(port, '127.0.0.1', () => {
        socket.write('HTTP/1.1 200 OK\r\n\r\n');
        socket.pipe(upstream).pipe(socket);
      });
      upstream.on('error', () => socket.destroy());
    } else {
      socket.end(`HTTP/1.1 ${status} No\r\n\r\n`);
    }
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  return {
    url,
    targets,
    close: () =>
      new Promise<void>((resolve) => {
        server.close(() => resolve());
        server.closeAllConnections();
      }),
  };
};

describe('egress', () => {
  it('knows the addresses of this machine', () => {
    for (const host of ['localhost', '127.0.0.1', '127.8.8.8', '[::1]', 'a.localhost']) expect(isLoopback(host)).toBe(true);
    for (const host of ['127.example.com', 'example.com', '10.0.0.1', 'localhost.example.com']) expect(isLoopback(host)).toBe(false);
  });

  it('[C25] [A6] sends through HTTPS_PROXY, but never a loopback address nor a host in NO_PROXY', async () => {
    const proxy = await tunnel(1, 502);
    const env = { HTTPS_PROXY: proxy.url, http_proxy: proxy.url, NO_PROXY: 'direct.invalid' };
    const through = createProvider({ ...config, baseUrl: 'https://api.invalid' }, deps({ env }));
    const got = collect(through, request);
    await got.settled;
    expect(got.error?.code).toBe('CCP_UPSTREAM_PROXY');
    expect(proxy.targets).toEqual(['api.invalid:443']);

    const direct = createProvider({ ...config, baseUrl: 'https://direct.invalid' }, deps({ env }));
    const unresolved = collect(direct, request);
    await unresolved.settled;
    expect(unresolved.error?.code).toBe('CCP_UPSTREAM_DNS');

    const fake = await FakeUpstream.listen(behaviours.healthy);
    const local = collect(createProvider({ ...config, baseUrl: fake.url }, deps({ env, proxy: proxy.url })), request);
    await local.settled;
    expect(local.status).toBe(200);
    expect(proxy.targets).toHaveLength(1);
    await Promise.all([fake.close(), proxy.close()]);
  });

  it('[C25] tunnels to the provider through a proxy that is named', async () => {
    const fake = await FakeUpstream.listen(behaviours.healthy);
    const proxy = await tunnel(Number(new URL(fake.url).port));
    const dispatcher = createDispatcher('http://upstream.invalid', { proxy: proxy.url, ca: [], env: {} }, 1000);
    await dispatcher.request({ origin: 'http://upstream.invalid', path: '/x', method: 'GET' });
    expect(proxy.targets[0]).toContain('upstream.invalid');
    await dispatcher.destroy();
    await Promise.all([fake.close(), proxy.close()]);
  });

  it('[F1] row 53: a failed TLS handshake is CCP_UPSTREAM_TLS', async () => {
    const server = createTlsServer({}).listen(0, '127.0.0.1');
    await new Promise((resolve) => server.once('listening', resolve));
    server.on('tlsClientError', () => {});
    const port = (server.address() as AddressInfo).port;
    const got = collect(createProvider({ ...config, baseUrl: `https://127.0.0.1:${port}` }, deps()), request);
    await got.settled;
    expect(got.error).toMatchObject({ code: 'CCP_UPSTREAM_TLS', retryable: false });
    server.close();
  });
});
