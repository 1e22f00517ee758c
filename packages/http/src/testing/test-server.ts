import { type Logger, silentLogger, systemClock } from '@ccproxy/kernel';
import { createMetrics } from '@ccproxy/telemetry';
import { createHttpServer, type HttpServer } from '../create-http-server.js';
import type { DaemonModule } from '../daemon-module.js';
import type { HttpLimits } from '../http-limits.js';
import { createTokenRegistry, type TokenRegistry } from '../token-registry.js';
import { echoModule } from './echo-module.js';
import { testConfig } from './test-config.js';

export const gatewayToken = 'ccp_gateway-token-of-a-session';
export const adminToken = 'ccp_admin-token';

export interface TestServerOptions {
  readonly server?: Parameters<typeof testConfig>[0];
  readonly modules?: readonly DaemonModule[];
  readonly limits?: Partial<HttpLimits>;
  readonly logger?: Logger;
}

/** A server that listens on a free loopback port, with one gateway and one admin token. */
export interface TestServer {
  readonly http: HttpServer;
  readonly tokens: TokenRegistry;
  readonly port: number;
  readonly url: string;
  /** Value of a metric by its exposition name with labels. */
  metric(series: string): Promise<number>;
}

export async function startTestServer(options: TestServerOptions = {}): Promise<TestServer> {
  const metrics = createMetrics({ processMetrics: false });
  const tokens = createTokenRegistry();
  tokens.add({ token: gatewayToken, principal: { kind: 'gateway', id: 'session-1' }, id: 'session-1' });
  tokens.add({ token: adminToken, principal: { kind: 'admin' }, id: 'admin' });
  const http = await createHttpServer({
    config: testConfig(options.server ?? {}),
    tokens,
    modules: options.modules ?? [echoModule],
    metrics,
    logger: options.logger ?? silentLogger,
    clock: systemClock,
    version: '1.2.3',
    ...(options.limits === undefined ? {} : { limits: options.limits }),
  });
  const { port } = await http.listenTcp({ host: '127.0.0.1', port: 0 });
  return {
    http,
    tokens,
    port,
    url: `http://127.0.0.1:${port}`,
    async metric(series) {
      const line = (await metrics.text()).split('\n').find((text) => text.startsWith(`${series} `));
      return Number(line?.slice(series.length + 1) ?? 0);
    },
  };
}
