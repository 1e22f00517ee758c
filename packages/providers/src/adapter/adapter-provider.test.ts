import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { ProviderConfig, ProviderTimeouts } from '@ccproxy/config';
import { createRedactor, silentLogger, systemClock } from '@ccproxy/kernel';
import { FakeClock } from '@ccproxy/kernel/testing';
import { afterAll, afterEach, describe, expect, it } from 'vitest';
import { createProvider, type ProviderDeps } from '../create-provider.js';
import { createCredentialSource } from '../credentials/create-credential-source.js';
import { systemSourceIo } from '../credentials/source-io.js';
import type { Provider, ProviderRequest } from '../provider.js';
import { startInProcess } from '../testing/adapter-in-process.js';
import { behaviours } from '../testing/behaviours.js';
import { collect } from '../testing/collect.js';
import { FakeUpstream } from '../testing/fake-upstream.js';
import { providerContract } from '../testing/provider-contract.js';
import { messageFrames } from '../testing/sse-answer.js';

const dir = mkdtempSync(join(tmpdir(), 'ccp-adapter-'));
const open: { close(): Promise<unknown> }[] = [];
afterEach(async () => {
  await Promise.all(open.splice(0).map((each) => each.close()));
});
afterAll(() => rmSync(dir, { recursive: true, force: true }));

const timeouts: ProviderTimeouts = { connect: 5000, firstByte: 20_000, idle: 20_000, total: 60_000 };
const forwarding = `export default ({ options }) => ({
  answer: (request, signal) => fetch(options.url + request.path, { method: request.method, headers: request.headers, body: request.body, signal }),
});`;
const sources = {
  forwards: forwarding,
  throws: `export default () => ({ answer() { throw new Error('no such day, key sk-very-secret-option'); } });`,
  rejects: `export default () => ({ answer: async () => { throw Object.assign(new Error('gone'), { cause: { code: 'ECONNREFUSED' } }); } });`,
  coded: `export default () => ({ answer: async () => { throw Object.assign(new Error('later'), { code: 'CCP_PROVIDER_UNAVAILABLE' }); } });`,
  exits: `export default () => ({ answer() { process.exit(3); } });`,
  crashes: `export default () => ({ answer: () => new Promise(() => { setTimeout(() => { throw new Error('out of nowhere'); }, 1); }) });`,
  hangs: `export default () => ({ answer({ body }) { if (String(body).includes('hang')) for (;;); return { status: 200, body: 'again' }; } });`,
  eats: `export default () => ({ answer() { const all = []; for (;;) all.push(new Array(1e6).fill(all.length)); } });`,
  breaks: `export default () => ({ answer: () => ({ status: 200, headers: { 'content-type': 'text/event-stream' }, body: (async function* () { yield 'event: ping\\n\\n'; throw new Error('cut'); })() }) });`,
  noStatus: `export default () => ({ answer: () => ({ body: 'x' }) });`,
  redirects: `export default () => ({ answer: () => ({ status: 302, headers: { location: 'http://elsewhere' } }) });`,
  odd: `export default () => ({ answer: () => ({ status: 200, headers: [['X-Good', 'yes'], ['bad name', 'x'], ['x-bad', 'a\\r\\nb: c'], ['Content-Encoding', 'gzip'], ['set-cookie', 'a=1']], dropped: ['beta x'], body: new Uint8Array([111, 107]) }) });`,
  reads: `export default ({ options }) => ({ answer: (request) => ({ status: 200, body: JSON.stringify({ ...request, body: String(request.body), env: Object.keys(process.env).sort() }) }) });`,
  cannotCount: `export default () => ({ answer: () => ({ status: 404, body: 'no' }) });`,
  tells: `export default async ({ log, secret, report }) => { secret('sk-fetched-value'); log('warn', 'hello', { key: 'sk-fetched-value' }); report('no login'); return { answer: () => { report(undefined); return { status: 200 }; }, close() { throw new Error('never mind'); } }; };`,
  broken: `export default (`,
  noFunction: `export default 7;`,
  noAnswer: `export default () => ({});`,
  refuses: `export default () => { throw new Error('options.region is missing'); };`,
} as const;

const use = (module: string, options: object = {}) => ({ name: 'mine', module, from: dir, passEnv: ['MY_OWN'], options: { ...options } });

const configOf = (module: string, options: object = {}, limits: Partial<ProviderTimeouts> = {}): ProviderConfig => ({
  name: 'own',
  type: 'adapter',
  baseUrl: undefined,
  auth: { kind: 'none' },
  timeouts: { ...timeouts, ...limits },
  adapter: use(module, options),
  unavailable: undefined,
});

const env = { PATH: '/bin', MY_OWN: 'yes', OTHER_API_KEY: 'sk-not-yours' };
const deps = { clock: systemClock, logger: silentLogger, egress: { proxy: 'none', ca: [], env }, random: Math.random };

const provider = (
  source: keyof typeof sources,
  options: object = {},
  limits: Partial<ProviderTimeouts> = {},
  rest: Partial<ProviderDeps> = {},
): Provider => {
  const file = join(dir, `${source}.mjs`);
  writeFileSync(file, sources[source]);
  const made = createProvider(configOf(file, options, limits), { ...deps, ...rest });
  open.push(made);
  return made;
};

const upstream = async (name: keyof typeof behaviours): Promise<FakeUpstream> => {
  const fake = await FakeUpstream.listen(behaviours[name]);
  open.push(fake);
  return fake;
};

const request = (fields: Partial<ProviderRequest> = {}): ProviderRequest => ({
  method: 'POST',
  path: '/v1/messages?beta=true',
  clientHeaders: {
    'content-type': 'application/json',
    authorization: 'Bearer sk-ant-oat01-login',
    'x-api-key': 'k',
    'anthropic-beta': 'one',
  },
  body: Buffer.from('{"model":"m","stream":true,"messages":[]}'),
  stream: true,
  ...fields,
});

const ask = async (made: Provider, asked = request()) => {
  const got = collect(made, asked);
  await got.settled;
  return got;
};

describe('a provider adapter keeps the contract of providers', () => {
  it.each(providerContract.map(({ title, run }) => [title, run] as const))('[C26] %s', async (_title, run) => {
    const make = async () => {
      const fake = await FakeUpstream.listen(async (exchange) => {
        if (exchange.request.body.includes('slow')) await new Promise((resolve) => setTimeout(resolve, 250));
        return behaviours['drip-3'](exchange);
      });
      return {
        provider: provider('forwards', { url: fake.url }),
        streaming: request(),
        document: request({ body: Buffer.from('{"model":"m","messages":[]}'), stream: false }),
        slow: request({ body: Buffer.from('{"model":"slow","stream":true,"messages":[]}') }),
        dispose: () => fake.close(),
      };
    };
    await expect(run(make)).resolves.toBeUndefined();
  });
});

describe('AdapterProvider', () => {
  it('[C26] gives the module the request without the credential of the client, and little of the environment', async () => {
    const notes = { clientModel: 'm', inputTokens: 7, limits: { context: undefined, output: undefined }, strict: undefined };
    const got = await ask(provider('reads'), request({ notes }));
    const seen = JSON.parse(got.text()) as { headers: Record<string, string>; env: string[] };
    expect(seen).toMatchObject({ method: 'POST', path: '/v1/messages?beta=true', stream: true, inputTokens: 7 });
    expect(seen.headers).toEqual({ 'content-type': 'application/json', 'anthropic-beta': 'one', 'accept-encoding': 'identity' });
    expect(seen.env).toEqual(['MY_OWN', 'PATH']);
  });

  it('[C26] passes the bytes of the answer, and of its headers what may stand there', async () => {
    const fake = await upstream('healthy');
    const got = await ask(provider('forwards', { url: fake.url }));
    expect(got.text()).toBe(messageFrames().join(''));
    const odd = await ask(provider('odd'));
    expect(odd.headers).toEqual({ 'x-good': 'yes' });
    expect(odd.call.dropped).toEqual(['beta x']);
    expect(odd.text()).toBe('ok');
  });

  it.each<[keyof typeof sources, string, string]>([
    ['throws', 'CCP_PROVIDER_ADAPTER', 'no such day'],
    ['rejects', 'CCP_UPSTREAM_CONNECT', 'ECONNREFUSED'],
    ['coded', 'CCP_PROVIDER_UNAVAILABLE', 'later'],
    ['exits', 'CCP_PROVIDER_ADAPTER', 'it ended its thread'],
    ['crashes', 'CCP_PROVIDER_ADAPTER', 'out of nowhere'],
    ['eats', 'CCP_PROVIDER_ADAPTER', 'it ended its thread'],
    ['breaks', 'CCP_PROVIDER_ADAPTER', 'cut'],
    ['noStatus', 'CCP_UPSTREAM_MALFORMED', 'without a status'],
    ['redirects', 'CCP_UPSTREAM_REDIRECT', 'it was not followed'],
  ])('[C26][F1] a module that %s fails its call alone', async (source, code, message) => {
    const got = await ask(provider(source, { apiKey: 'sk-very-secret-option' }));
    expect(got.error?.code).toBe(code);
    expect(got.error?.message).toContain(message);
    expect(got.error?.message).not.toContain('sk-very-secret-option');
  });

  it.each<[keyof typeof sources, string]>([
    ['broken', 'its adapter cannot be used'],
    ['noFunction', 'it has no function as its default export'],
    ['noAnswer', 'it has no function `answer`'],
    ['refuses', 'options.region is missing'],
  ])('[C26] a module that is %s makes its provider unavailable, with the reason, before any request', async (source, reason) => {
    const made = provider(source);
    await expect.poll(() => made.availability()).toMatchObject({ available: false, reason: expect.stringContaining(reason) });
    const got = await ask(made);
    expect(got.error).toMatchObject({ code: 'CCP_PROVIDER_UNAVAILABLE', message: expect.stringContaining(reason) });
  });

  it('[C26] a package is found beside the configuration, and named when it is not', async () => {
    const home = join(dir, 'home');
    mkdirSync(join(home, 'below'), { recursive: true });
    mkdirSync(join(home, 'node_modules/own-provider'), { recursive: true });
    writeFileSync(
      join(home, 'node_modules/own-provider/package.json'),
      '{"name":"own-provider","type":"module","exports":{".":{"default":"./index.js"}}}',
    );
    writeFileSync(
      join(home, 'node_modules/own-provider/index.js'),
      'export default () => ({ answer: () => ({ status: 200, body: "packed" }) });',
    );
    const config = configOf('own-provider');
    const made = createProvider({ ...config, adapter: { ...use('own-provider'), from: home } }, deps);
    const above = createProvider({ ...config, adapter: { ...use('own-provider'), from: join(home, 'below') } }, deps);
    open.push(made, above);
    expect((await ask(made)).text()).toBe('packed');
    const reason = expect.stringContaining('the package own-provider is not installed');
    expect(above.availability()).toEqual({ available: false, reason });
    expect((await ask(above)).error?.code).toBe('CCP_PROVIDER_UNAVAILABLE');
  });

  it('[C26][F1] a module that hangs is ended, and the next call gets another thread', async () => {
    const clock = new FakeClock();
    const made = provider('hangs', {}, { firstByte: 1000 }, { clock });
    const got = collect(made, request({ body: Buffer.from('{"model":"hang"}') }));
    clock.advance(1000);
    await got.settled;
    expect(got.error?.code).toBe('CCP_UPSTREAM_TIMEOUT_FIRST_BYTE');
    // So long it has to show that it is alive.
    clock.advance(5000);
    expect((await ask(made)).text()).toBe('again');
  });

  it('[C26] is left alone for a while after it was lost five times in a row', async () => {
    const clock = new FakeClock();
    const made = provider('exits', {}, {}, { clock });
    for (let count = 0; count < 5; count += 1) expect((await ask(made)).error?.code).toBe('CCP_PROVIDER_ADAPTER');
    const reason = 'its adapter failed 5 times in a row: it ended its thread';
    expect(made.availability()).toEqual({ available: false, reason });
    expect((await ask(made)).error).toMatchObject({ code: 'CCP_PROVIDER_UNAVAILABLE', message: expect.stringContaining(reason) });
    clock.advance(30_000);
    expect((await ask(made)).error?.code).toBe('CCP_PROVIDER_ADAPTER');
  });

  it('[C26] tells the daemon of its credentials, its state and what it has to say', async () => {
    const redactor = createRedactor();
    const lines: object[] = [];
    const logger = { ...silentLogger, warn: (fields: object) => void lines.push(fields) };
    const source = createCredentialSource(configOf('x', { apiKey: 'sk-very-secret-option' }), {
      clock: systemClock,
      logger,
      io: systemSourceIo({}),
      secrets: redactor,
    });
    const made = provider('tells', {}, {}, { source, logger });
    await expect.poll(() => made.availability()).toEqual({ available: false, reason: 'no login' });
    expect(source.secrets()).toEqual(['sk-very-secret-option', 'sk-fetched-value']);
    expect(redactor.redact('x sk-fetched-value y')).not.toContain('sk-fetched-value');
    expect(lines).toEqual([{ provider: 'own', said: 'hello', fields: '{"key":"sk-fetched-value"}' }]);
    await ask(made);
    await expect.poll(() => made.availability()).toEqual({ available: true });
    for (let count = 0; count < 70; count += 1) source.learn?.(`sk-rotated-${count}`);
    expect(source.secrets()).toHaveLength(65);
    source.close();
    expect(source.secrets()).toEqual(['sk-very-secret-option']);
    expect([source.current(), await source.obtain(), source.availability()]).toEqual([
      { kind: 'none' },
      { kind: 'none' },
      { available: true },
    ]);
  });

  it('[C26] a module that cannot count leaves it to the estimate', async () => {
    const notes = { clientModel: 'm', inputTokens: 41, limits: { context: undefined, output: undefined }, strict: undefined };
    const got = await ask(provider('cannotCount'), request({ path: '/v1/messages/count_tokens', notes, stream: false }));
    expect([got.status, got.text()]).toEqual([200, '{"input_tokens":41}']);
  });

  it('[C26] takes out thinking without a signature for a module that says so', async () => {
    const conversation = Buffer.from(
      JSON.stringify({
        model: 'm',
        messages: [
          {
            role: 'assistant',
            content: [
              { type: 'thinking', thinking: 'hm', signature: '' },
              { type: 'text', text: 'a' },
            ],
          },
        ],
      }),
    );
    const bodies: string[] = [];
    const create = (signsThinking: boolean) =>
      startInProcess(() => ({
        signsThinking,
        answer: ({ body }) => {
          bodies.push(String(body));
          return { status: 200, body: 'ok' };
        },
      }));
    for (const signs of [true, false]) {
      const made = provider('odd', {}, {}, { startAdapter: create(signs) });
      await ask(made);
      const got = await ask(made, request({ body: conversation }));
      expect(got.call.dropped).toEqual(signs ? ['thinking of another model'] : []);
    }
    expect(bodies[1]).not.toContain('thinking');
    expect(bodies[3]).toBe(String(conversation));
  });

  it('[C26][F1] row 51: a reader that pauses holds the module back', async () => {
    let sent = 0;
    const pieces = async function* () {
      for (; sent < 200; sent += 1) yield Buffer.alloc(64 * 1024, 'x');
    };
    const made = provider(
      'odd',
      {},
      {},
      {
        startAdapter: startInProcess(() => ({
          answer: () => ({ status: 200, body: pieces() }),
        })),
      },
    );
    const got = collect(made, request(), ({ call }) => call.pause());
    await got.head;
    await expect.poll(() => sent).toBeGreaterThan(2);
    await new Promise((resolve) => setTimeout(resolve, 100));
    expect(got.chunks).toHaveLength(1);
    expect(sent).toBeLessThan(10);
    const resumes = setInterval(() => got.call.resume(), 1);
    await got.settled;
    clearInterval(resumes);
    expect(got.chunks).toHaveLength(200);
  });
});
