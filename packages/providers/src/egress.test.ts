import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { createServer as createHttpServer } from 'node:http';
import { createServer } from 'node:https';
import { type AddressInfo, connect, type LookupFunction } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { ProviderConfig } from '@ccproxy/config';
import { silentLogger, systemClock } from '@ccproxy/kernel';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { createProvider } from './create-provider.js';
import type { Egress } from './egress.js';
import { collect } from './testing/collect.js';
import { createLocalCa } from './testing/local-ca.js';
import { messageFrames } from './testing/sse-answer.js';

const host = 'models.example.test';
const request = { method: 'POST', path: '/v1/messages', clientHeaders: {}, body: Buffer.from('{"stream":true}'), stream: true };

const ask = async (baseUrl: string, egress: Partial<Egress> = {}) => {
  const config: ProviderConfig = {
    name: 'p',
    type: 'anthropic',
    baseUrl,
    auth: { kind: 'apiKey', value: 'sk-own-key' },
    timeouts: { connect: 5000, firstByte: 5000, idle: 5000, total: 60_000 },
    unavailable: undefined,
  };
  const deps = { clock: systemClock, logger: silentLogger, egress: { proxy: 'none', ca: [], env: {}, ...egress }, random: Math.random };
  const provider = createProvider(config, deps);
  const got = collect(provider, request);
  await got.settled;
  await provider.close();
  return got;
};

/** Answers any name with the addresses given, one set for each connection. */
const answering = (...answers: readonly string[][]): LookupFunction => {
  let turn = 0;
  return (_hostname, options, callback) => {
    const addresses = answers[Math.min(turn, answers.length - 1)] ?? [];
    turn += 1;
    const all = addresses.map((address) => ({ address, family: address.includes(':') ? 6 : 4 }));
    if (options.all === true) callback(null, all);
    else callback(null, all[0]?.address ?? '', all[0]?.family);
  };
};

describe('egress with a private certificate authority', () => {
  const authority = createLocalCa(host);
  const folder = mkdtempSync(join(tmpdir(), 'ccp-egress-'));
  const ca = join(folder, 'ca.pem');
  const keys: (string | undefined)[] = [];
  const upstream = createServer({ cert: authority.cert, key: authority.key }, (message, response) => {
    keys.push(message.headers['x-api-key'] as string | undefined);
    response.writeHead(200, { 'content-type': 'text/event-stream' }).end(messageFrames().join(''));
  });
  const tunnels: string[] = [];
  const proxy = createHttpServer();
  let port = 0;
  let proxyUrl = '';

  beforeAll(async () => {
    writeFileSync(ca, authority.ca);
    upstream.on('tlsClientError', () => {});
    await new Promise<void>((resolve) => upstream.listen(0, '127.0.0.1', resolve));
    ({ port } = upstream.address() as AddressInfo);
    proxy.on('connect', (message, socket) => {
      tunnels.push(message.url ?? '');
      socket.on('error', () => socket.destroy());
      const through = connect(port, '127.0.0.1', () => {
        socket.write('HTTP/1.1 200 OK\r\n\r\n');
        socket.pipe(through).pipe(socket);
      });
      through.on('error', () => socket.destroy());
    });
    await new Promise<void>((resolve) => proxy.listen(0, '127.0.0.1', resolve));
    proxyUrl = `http://127.0.0.1:${(proxy.address() as AddressInfo).port}`;
  });

  afterAll(async () => {
    upstream.closeAllConnections();
    proxy.closeAllConnections();
    await Promise.all([new Promise((resolve) => upstream.close(resolve)), new Promise((resolve) => proxy.close(resolve))]);
    rmSync(folder, { recursive: true });
  });

  it('[C25] trusts a server whose authority is in `egress.ca`, and no other', async () => {
    const trusted = await ask(`https://127.0.0.1:${port}`, { ca: [ca] });
    expect(trusted.text()).toBe(messageFrames().join(''));
    const unknown = await ask(`https://127.0.0.1:${port}`);
    expect(unknown.error?.code).toBe('CCP_UPSTREAM_TLS');
    expect(keys).toEqual(['sk-own-key']);
  });

  it('[C25] tunnels through HTTPS_PROXY and checks the certificate of the provider behind it', async () => {
    keys.length = 0;
    const env = { HTTPS_PROXY: proxyUrl };
    const trusted = await ask(`https://${host}`, { proxy: 'env', env, ca: [ca] });
    expect(trusted.text()).toBe(messageFrames().join(''));
    expect(tunnels).toEqual([`${host}:443`]);
    expect(keys).toEqual(['sk-own-key']);
    const unknown = await ask(`https://${host}`, { proxy: 'env', env });
    expect(unknown.error?.code).toMatch(/^CCP_UPSTREAM_(TLS|PROXY)$/);
    expect(keys).toEqual(['sk-own-key']);
  });

  it('[C25] resolves names itself where no proxy does', async () => {
    const got = await ask(`https://${host}:${port}`, { ca: [ca], lookup: answering(['127.0.0.1']) });
    expect(got.status).toBe(200);
  });
});

describe('egress to metadata services', () => {
  it.each([
    'http://169.254.169.254',
    'http://[fd00:ec2::254]',
    'http://metadata.google.internal/computeMetadata',
    'http://[::ffff:a9fe:a9fe]',
  ])('[F1] row 27: %s is never called', async (baseUrl) => {
    const got = await ask(baseUrl);
    expect(got.error?.code).toBe('CCP_PROVIDER_UNAVAILABLE');
    expect(got.error?.message).toContain('metadata service');
  });

  it.each([[['169.254.169.254']], [['fd00:ec2::254']], [['93.184.216.34', '169.254.170.2']], [['::ffff:169.254.169.254']]])(
    '[F1] row 27: a name that resolves to %s is refused before a connection is made',
    async (addresses) => {
      const got = await ask('http://looks-harmless.example.test', { lookup: answering(addresses) });
      expect(got.error).toMatchObject({ code: 'CCP_UPSTREAM_FORBIDDEN', httpStatus: 502, retryable: false });
    },
  );

  it('[F1] row 27: a name that is harmless at first and resolves elsewhere later is refused then', async () => {
    const upstream = createHttpServer((_message, response) => response.writeHead(200).end('{}'));
    await new Promise<void>((resolve) => upstream.listen(0, '127.0.0.1', resolve));
    const { port } = upstream.address() as AddressInfo;
    const lookup = answering(['127.0.0.1'], ['169.254.169.254']);
    const baseUrl = `http://rebinding.example.test:${port}`;
    const first = await ask(baseUrl, { lookup });
    expect(first.status).toBe(200);
    const second = await ask(baseUrl, { lookup });
    expect(second.error?.code).toBe('CCP_UPSTREAM_FORBIDDEN');
    await new Promise((resolve) => upstream.close(resolve));
  });
});
