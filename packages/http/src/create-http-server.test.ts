import { mkdtemp, rm, stat, writeFile } from 'node:fs/promises';
import { get, request as httpRequest } from 'node:http';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { silentLogger, systemClock } from '@ccproxy/kernel';
import { afterEach, describe, expect, it } from 'vitest';
import { createHttpServer, type HttpServer, type HttpServerOptions } from './create-http-server.js';
import { echoModule } from './testing/echo-module.js';
import { MemoryMetrics } from './testing/memory-metrics.js';
import { testConfig } from './testing/test-config.js';
import { createTokenRegistry } from './token-registry.js';

const cleanups: (() => Promise<void>)[] = [];
afterEach(async () => {
  for (const cleanup of cleanups.splice(0).reverse()) await cleanup();
});

async function makeServer(options: Partial<HttpServerOptions> = {}): Promise<{ http: HttpServer; metrics: MemoryMetrics }> {
  const metrics = new MemoryMetrics();
  const http = await createHttpServer({
    config: testConfig(),
    tokens: createTokenRegistry(),
    modules: [echoModule],
    metrics,
    logger: silentLogger,
    clock: systemClock,
    version: '1.2.3',
    ...options,
  });
  cleanups.push(() => http.close());
  return { http, metrics };
}

describe('createHttpServer', () => {
  it('serves one application on TCP and on a Unix socket of mode 0600', async () => {
    const folder = await mkdtemp(join(tmpdir(), 'ccproxy-http-'));
    cleanups.push(() => rm(folder, { recursive: true }));
    const { http } = await makeServer();
    const { port } = await http.listenTcp({ host: '127.0.0.1', port: 0 });
    const socketPath = join(folder, 'gateway.sock');
    await http.listenUnix(socketPath);
    const overTcp = await fetch(`http://127.0.0.1:${port}/livez`);
    expect([overTcp.status, await overTcp.json()]).toEqual([200, { status: 'alive' }]);
    expect(overTcp.headers.get('x-ccproxy-request-id')).toMatch(/^req_/);
    const overUnix = await new Promise<number | undefined>((resolve, reject) => {
      get({ socketPath, path: '/livez', headers: { host: 'anything.example' } }, (response) => {
        response.resume();
        resolve(response.statusCode);
      }).on('error', reject);
    });
    expect(overUnix).toBe(200);
    expect((await stat(socketPath)).mode & 0o777).toBe(0o600);
    await http.close();
    await expect(stat(socketPath)).rejects.toThrow('ENOENT');
  });
});
