import { request as httpRequest, type ClientRequest, type IncomingHttpHeaders, type IncomingMessage } from 'node:http';
import {
  type Config,
  defaultRetry,
  type ProviderConfig,
  type RetryConfig,
  type Rule,
  type ServerConfig,
  type Target,
} from '@ccproxy/config';
import { createHttpServer, createTokenRegistry, type DaemonModule, type HttpServer } from '@ccproxy/http';
import { type Clock, type Logger, silentLogger, systemClock } from '@ccproxy/kernel';
import type { DecisionRecord, Ledger } from '@ccproxy/ledger';
import { type AccessEntry, createMetrics } from '@ccproxy/telemetry';
import { createCalibration } from '@ccproxy/tokens';
import type { GatewayDeps } from '../gateway-deps.js';
import { createGatewayModule } from '../gateway-module.js';
import { MemoryLedger } from './memory-ledger.js';

const timeouts = { connect: 5000, firstByte: 20_000, idle: 20_000, total: 60_000 };

/** A provider entry as the configuration gives it. */
export const providerConfig = (name: string, baseUrl: string | undefined, rest: Partial<ProviderConfig> = {}): ProviderConfig => ({
  name,
  type: baseUrl === undefined ? 'demo' : 'anthropic',
  baseUrl,
  auth: { kind: baseUrl === undefined ? 'none' : 'client' },
  timeouts,
  unavailable: undefined,
  ...rest,
});

export const target = (name: string, provider: string, rest: Partial<Target> = {}): Target => ({
  name,
  provider,
  model: undefined,
  limits: { context: undefined, output: undefined },
  fallback: [],
  ...rest,
});

/** One attempt for each target of a plan. */
const quiet: RetryConfig = { ...defaultRetry, attempts: 0, breaker: { failures: 1_000_000, open: 1000 } };

export interface HarnessOptions {
  readonly providers: readonly ProviderConfig[];
  readonly models: readonly Target[];
  readonly routes?: readonly Rule[];
  readonly profiles?: Config['profiles'];
  readonly plugins?: Config['plugins'];
  readonly server?: Partial<ServerConfig>;
  /** Over `quiet`: nothing is repeated and no circuit opens unless a test asks for it. `default`: as without the section. */
  readonly retry?: Partial<RetryConfig> | 'default';
  readonly clock?: Clock;
  readonly logger?: Logger;
  readonly ledger?: Ledger;
  readonly deps?: Partial<GatewayDeps>;
}

const byName = <Item extends { readonly name: string }>(items: readonly Item[]): Record<string, Item> =>
  Object.fromEntries(items.map((item) => [item.name, item]));

/** A configuration with nothing but what a test names. */
export const gatewayConfig = ({
  providers,
  models,
  routes = [],
  profiles = {},
  plugins,
  server = {},
  retry = {},
}: HarnessOptions): Config => ({
  server: {
    host: '127.0.0.1',
    port: undefined,
    authKey: '',
    bodyLimit: 32 * 1024 * 1024,
    allowedHosts: [],
    allowedOrigins: [],
    headHold: 60_000,
    drainTimeout: 1000,
    idleShutdown: 60_000,
    ...server,
  },
  logging: { level: 'info', bodies: false, file: undefined },
  egress: { proxy: 'none', ca: [] },
  providers: byName(providers),
  models: byName(models),
  routes,
  profiles,
  retry: retry === 'default' ? defaultRetry : { ...quiet, ...retry },
  ...(plugins === undefined ? {} : { plugins }),
});

/** An answer as the client saw it. */
export interface Answer {
  readonly status: number;
  readonly headers: IncomingHttpHeaders;
  readonly body: Buffer;
  readonly text: string;
  readonly json: () => Record<string, unknown>;
  /** The connection broke before the answer was complete. */
  readonly torn: boolean;
}

export interface Ask {
  readonly path?: string;
  readonly method?: string;
  readonly headers?: Readonly<Record<string, string>>;
  readonly body?: Buffer | string | undefined;
}

/** The whole gateway behind the real HTTP server on a loopback port. */
export interface Gateway {
  readonly port: number;
  readonly ledger: MemoryLedger;
  readonly lines: AccessEntry[];
  readonly module: DaemonModule;
  readonly token: string;
  readonly metricsText: () => Promise<string>;
  readonly open: (ask?: Ask) => ClientRequest;
  readonly ask: (ask?: Ask) => Promise<Answer>;
  readonly close: () => Promise<void>;
}

const read = async (message: IncomingMessage): Promise<Answer> => {
  const chunks: Buffer[] = [];
  let torn = false;
  try {
    for await (const chunk of message) chunks.push(chunk as Buffer);
  } catch {
    // A torn answer is an outcome the tests look at.
    torn = true;
  }
  const body = Buffer.concat(chunks);
  const text = body.toString('utf8');
  return {
    status: message.statusCode ?? 0,
    headers: message.headers,
    body,
    text,
    json: () => JSON.parse(text) as Record<string, unknown>,
    torn,
  };
};

export const answerOf = (request: ClientRequest): Promise<Answer> =>
  new Promise((resolve, reject) => {
    request.once('response', (message) => void read(message).then(resolve, reject));
    request.once('error', reject);
  });

/** A small request; `stream` by default. */
export const messageBody = (fields: Readonly<Record<string, unknown>> = {}): string =>
  JSON.stringify({ model: 'claude-x', max_tokens: 10, messages: [{ role: 'user', content: 'hi' }], stream: true, ...fields });

export async function startGateway(options: HarnessOptions): Promise<Gateway> {
  const ledger = new MemoryLedger();
  const lines: AccessEntry[] = [];
  const decisions: DecisionRecord[] = [];
  const clock = options.clock ?? systemClock;
  const logger = options.logger ?? silentLogger;
  const config = gatewayConfig(options);
  const metrics = createMetrics();
  const module = createGatewayModule({
    config,
    clock,
    logger,
    ledger: options.ledger ?? ledger,
    accessLog: { write: (entry) => lines.push(entry) },
    decisions: {
      record: (make) => decisions.push(make()),
      recent: (limit) => Promise.resolve(decisions.toReversed().slice(0, limit)),
    },
    calibration: createCalibration({ capacity: 100 }),
    env: {},
    random: Math.random,
    ...options.deps,
  });
  const tokens = createTokenRegistry();
  const token = 'ccp_test-token-of-the-gateway';
  tokens.add({ token, principal: { kind: 'gateway', id: 'session-1' }, id: 'session-1' });
  const server: HttpServer = await createHttpServer({
    config,
    tokens,
    modules: [module],
    metrics,
    logger,
    clock: systemClock,
    version: '0.0.0',
  });
  const { port } = await server.listenTcp({ host: '127.0.0.1', port: 0 });
  const open = ({ path = '/v1/messages?beta=true', method = 'POST', headers = {}, body = messageBody() }: Ask = {}): ClientRequest => {
    const bodiless = method === 'GET' || method === 'HEAD';
    const content = bodiless ? {} : { 'content-type': 'application/json', 'content-length': String(Buffer.byteLength(body)) };
    const request = httpRequest({
      host: '127.0.0.1',
      port,
      path,
      method,
      headers: { authorization: 'Bearer sk-ant-client', ...content, ...headers },
    });
    request.on('error', () => {});
    request.end(bodiless ? undefined : body);
    return request;
  };
  return {
    port,
    ledger,
    lines,
    module,
    token,
    metricsText: () => metrics.text(),
    open,
    ask: (ask) => answerOf(open(ask)),
    close: () => server.close(),
  };
}
