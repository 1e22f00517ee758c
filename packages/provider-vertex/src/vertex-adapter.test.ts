import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { silentLogger, systemClock } from '@ccproxy/kernel';
import { createProvider, type Provider, type ProviderRequest } from '@ccproxy/providers';
import {
  type Behaviour,
  behaviours,
  collect,
  errorEvent,
  FakeUpstream,
  messageDocument,
  messageFrames,
  providerContract,
  startInProcess,
  streamHead,
} from '@ccproxy/providers/testing';
import { afterAll, afterEach, describe, expect, it } from 'vitest';
import { FakeTokens, serviceAccountFile, userFile } from './testing/fake-google.js';
import { createVertexAdapter } from './vertex-adapter.js';
import { vertexAddress } from './vertex-request.js';

const dir = mkdtempSync(join(tmpdir(), 'ccp-vertex-'));
const open: { close(): Promise<unknown> }[] = [];
afterEach(async () => {
  await Promise.all(open.splice(0).map((each) => each.close()));
});
afterAll(() => rmSync(dir, { recursive: true, force: true }));

const timeouts = { connect: 5000, firstByte: 20_000, idle: 20_000, total: 60_000 };
const region = 'europe-west1';
const publisher = `/v1/projects/my-project/locations/${region}/publishers/anthropic/models/`;

const healthy: Behaviour = async (exchange) => {
  const { request, response } = exchange;
  if (request.path.endsWith('/count-tokens:rawPredict')) {
    response.writeHead(200, { 'content-type': 'application/json' }).end('{"input_tokens":77}');
    return;
  }
  if (!request.path.endsWith(':streamRawPredict')) {
    response.writeHead(200, { 'content-type': 'application/json' }).end(messageDocument());
    return;
  }
  streamHead(exchange);
  for (const frame of messageFrames()) {
    response.write(frame);
    await new Promise(setImmediate);
  }
  response.end();
};

const listen = async (behaviour: Behaviour): Promise<FakeUpstream> => {
  const fake = await FakeUpstream.listen(behaviour);
  open.push(fake);
  return fake;
};

/** Google, with an address that gives tokens and one that takes requests with the token `accepts` likes. */
const google = async (behaviour: Behaviour = healthy, accepts: (token: string) => boolean = () => true) => {
  const tokens = new FakeTokens();
  const exchange = await listen(tokens.behaviour);
  const api = await listen((each) => {
    if (accepts(String(each.request.headers.authorization))) return behaviour(each);
    each.response.writeHead(401, { 'content-type': 'application/json' });
    each.response.end('{"error":{"code":401,"message":"Request had invalid authentication credentials.","status":"UNAUTHENTICATED"}}');
    return undefined;
  });
  return { tokens, exchange, api, key: serviceAccountFile(`${exchange.url}/token`) };
};

const logged: string[] = [];
const make = (options: object, env: Readonly<Record<string, string>> = {}, clock = systemClock): Provider => {
  const log = (fields: object, message: string): void => void logged.push(JSON.stringify(fields) + message);
  const provider = createProvider(
    {
      name: 'google',
      type: 'adapter',
      baseUrl: undefined,
      auth: { kind: 'none' },
      timeouts,
      adapter: { name: 'vertex', module: '/nowhere.mjs', from: dir, passEnv: [], options: { ...options } },
      unavailable: undefined,
    },
    {
      clock: systemClock,
      logger: { ...silentLogger, info: log, warn: log, error: log },
      egress: { proxy: 'none', ca: [], env: {} },
      random: Math.random,
      startAdapter: startInProcess((setup) => createVertexAdapter(setup, { clock, env })),
    },
  );
  open.push(provider);
  return provider;
};

const keyed = ({ api, key }: { readonly api: FakeUpstream; readonly key: string }, rest: object = {}): Provider =>
  make({ project: 'my-project', region, baseUrl: api.url, serviceAccountKey: key, ...rest });

const conversation = '"messages":[{"role":"user","content":"h\\u00e4llo  \\n ✓"}],  "max_tokens" : 1e2';
const request = (fields: Partial<ProviderRequest> = {}): ProviderRequest => ({
  method: 'POST',
  path: '/v1/messages?beta=true',
  clientHeaders: { 'content-type': 'application/json', authorization: 'Bearer sk-ant-oat01-login', 'anthropic-beta': 'one,two' },
  body: Buffer.from(`{"model":"claude-sonnet-4-5@20250929","stream":true,${conversation}}`),
  stream: true,
  ...fields,
});
const document = request({ body: Buffer.from(`{"model":"claude-x",${conversation}}`), stream: false });
const notes = { clientModel: 'm', inputTokens: 41, limits: { context: undefined, output: undefined }, strict: undefined };

const ask = async (provider: Provider, asked = request()) => {
  const got = collect(provider, asked);
  await got.settled;
  return got;
};

describe('Vertex keeps the contract of providers', () => {
  it.each(providerContract.map(({ title, run }) => [title, run] as const))('[C12] %s', async (_title, run) => {
    const subject = async () => {
      const fakes = await google(async (exchange) => {
        if (exchange.request.body.includes('slow')) await new Promise((resolve) => setTimeout(resolve, 250));
        return healthy(exchange);
      });
      const slow = request({ body: Buffer.from('{"model":"m","stream":true,"messages":["slow"]}') });
      return { provider: keyed(fakes), streaming: request(), document, slow, dispose: () => Promise.resolve() };
    };
    await expect(run(subject)).resolves.toBeUndefined();
  });
});

describe('Vertex', () => {
  it('[C12] gets the conversation byte for byte, its version in the body, the betas in the header', async () => {
    const fakes = await google();
    const provider = keyed(fakes, { models: { opus: 'claude-opus-4-1@20250805' }, leaveOut: ['metadata'] });
    const got = await ask(provider);
    expect(got.text()).toBe(messageFrames().join(''));
    expect(fakes.api.last.path).toBe(`${publisher}claude-sonnet-4-5@20250929:streamRawPredict`);
    expect(fakes.api.last.body.toString('utf8')).toBe(`{"anthropic_version":"vertex-2023-10-16","stream":true,${conversation}}`);
    expect(fakes.api.last.headers).toMatchObject({ authorization: 'Bearer access-token-1', 'anthropic-beta': 'one,two' });
    expect(JSON.stringify(fakes.api.last.headers)).not.toContain('sk-ant');
    const second = await ask(
      provider,
      request({ body: Buffer.from(`{"model":"opus","metadata":{},${conversation}}`), stream: false, clientHeaders: {} }),
    );
    expect(fakes.api.last.path).toBe(`${publisher}claude-opus-4-1@20250805:rawPredict`);
    expect(fakes.api.last.headers['anthropic-beta']).toBeUndefined();
    expect(second.call.dropped).toEqual(['metadata']);
    expect(fakes.tokens.given).toBe(1);
  });

  it('[C12] has an address for each kind of region', () => {
    expect(['global', 'eu', 'us', 'us-east5'].map(vertexAddress)).toEqual([
      'https://aiplatform.googleapis.com',
      'https://aiplatform.eu.rep.googleapis.com',
      'https://aiplatform.us.rep.googleapis.com',
      'https://us-east5-aiplatform.googleapis.com',
    ]);
  });

  it('[C12] counts at Vertex, and leaves it to the estimate where Vertex does not', async () => {
    const fakes = await google();
    const counting = request({
      path: '/v1/messages/count_tokens',
      notes,
      stream: false,
      body: Buffer.from(`{"model":"a",${conversation}}`),
    });
    expect((await ask(keyed(fakes, { models: { a: 'claude-a' } }), counting)).text()).toBe('{"input_tokens":77}');
    expect(fakes.api.last.path).toBe(`${publisher}count-tokens:rawPredict`);
    expect(JSON.parse(fakes.api.last.body.toString('utf8'))).toMatchObject({ model: 'claude-a', anthropic_version: 'vertex-2023-10-16' });
    const other = await google(({ response }) => void response.writeHead(400).end('{}'));
    expect((await ask(keyed(other), counting)).text()).toBe('{"input_tokens":41}');
  });

  it('[C12] a request without a model is refused before it is sent; endpoints it does not have are said', async () => {
    const fakes = await google();
    const provider = keyed(fakes, { models: { opus: 'x' } });
    expect((await ask(provider, request({ body: Buffer.from('[]') }))).status).toBe(400);
    const empty = request({ path: '/v1/messages/count_tokens', body: undefined, stream: false });
    expect((await ask(provider, empty)).status).toBe(400);
    expect((await ask(provider, request({ path: '/v1/files' }))).status).toBe(501);
    const models = await ask(provider, request({ method: 'GET', path: '/v1/models', body: undefined, stream: false }));
    expect(JSON.parse(models.text())).toMatchObject({ data: [{ id: 'opus' }] });
    expect(fakes.api.seen).toHaveLength(0);
  });

  it.each([
    [
      400,
      '{"error":{"code":400,"message":"Request payload size exceeds the limit: 31457280 bytes."}}',
      'invalid_request_error',
      'Input is too long.',
    ],
    [
      403,
      '[{"error":{"code":403,"message":"Permission denied on resource.","status":"PERMISSION_DENIED"}}]',
      'permission_error',
      'Permission denied on resource.',
    ],
    [404, '<html>', 'not_found_error', 'Vertex answered 404.'],
    [429, '{"error":{"code":429,"message":"Quota exceeded."}}', 'rate_limit_error', 'Quota exceeded.'],
    [503, 'null', 'overloaded_error', 'Vertex answered 503.'],
    [
      400,
      '{"type":"error","error":{"type":"invalid_request_error","message":"prompt is too long: 9 > 8"}}',
      'invalid_request_error',
      'prompt is too long: 9 > 8',
    ],
  ])('[C12] an error %i %s', async (status, body, type, message) => {
    const fakes = await google(({ response }) => void response.writeHead(status, { 'retry-after': '7' }).end(body));
    const got = await ask(keyed(fakes));
    expect(got.status).toBe(status);
    expect(got.headers).toMatchObject({ 'retry-after': '7' });
    expect(JSON.parse(got.text())).toEqual({ type: 'error', error: { type, message } });
  });

  it('[C12][F1] rows 52, 55: an error event passes, a broken connection keeps its name, an abort closes it', async () => {
    const half = messageFrames().slice(0, 4).join('');
    const passing = await google((exchange) => {
      streamHead(exchange);
      exchange.response.end(half + errorEvent());
    });
    expect((await ask(keyed(passing))).text()).toBe(half + errorEvent());
    const broken = await google(behaviours['reset-midway']);
    expect((await ask(keyed(broken))).error?.code).toBe('CCP_UPSTREAM_RESET');
    const hanging = await google(behaviours['hang-midway']);
    const got = collect(keyed(hanging), request(), ({ call }) => call.abort());
    await got.head;
    await expect.poll(() => hanging.api.last.state).toBe('aborted');
  });
});

describe('tokens of Google', () => {
  const write = (name: string, text: string, mode = 0o600): string => {
    const file = join(dir, name);
    writeFileSync(file, text, { mode });
    return file;
  };

  it('[C12] come from a key, a login or a command; every assertion is signed and complete', async () => {
    const fakes = await google();
    const { exchange, api, tokens } = fakes;
    const tokenUri = `${exchange.url}/token`;
    const base = { region, baseUrl: api.url };
    const home = join(dir, 'home');
    mkdirSync(join(home, '.config/gcloud'), { recursive: true });
    writeFileSync(join(home, '.config/gcloud/application_default_credentials.json'), userFile(tokenUri));
    const key = write('key.json', fakes.key);
    const places: readonly (readonly [object, Record<string, string>])[] = [
      [{ ...base, serviceAccountKey: fakes.key }, {}],
      [{ ...base, credentialsFile: key }, {}],
      [base, { GOOGLE_APPLICATION_CREDENTIALS: key }],
      [{ ...base, project: 'my-project' }, { HOME: home }],
      [{ ...base, project: 'my-project' }, { APPDATA: join(home, '.config') }],
      [{ ...base, tokenCommand: [write('print', '#!/bin/sh\necho printed-token\n', 0o700)] }, { GOOGLE_CLOUD_PROJECT: 'my-project' }],
      [
        { baseUrl: api.url, serviceAccountKey: fakes.key },
        { CLOUD_ML_REGION: region, ANTHROPIC_VERTEX_PROJECT_ID: 'my-project' },
      ],
    ];
    for (const [options, env] of places) expect((await ask(make(options, env))).status).toBe(200);
    expect(tokens.problems).toEqual([]);
    expect(api.seen.map(({ headers }) => headers.authorization).filter((token) => token === 'Bearer printed-token')).toHaveLength(1);
    // Without a project of its own, the one of the key.
    expect(api.seen[0]?.path).toContain('/projects/project-of-key/');
    const without = await ask(make({ ...base, tokenCommand: [join(dir, 'print')] }));
    expect(without.text()).toContain('options.project is missing');
    expect(logged.join('\n')).not.toMatch(/access-token|printed-token|PRIVATE KEY|refresh-token|client-secret/);
  });

  it('[C12] all who wait share one exchange, and a token is renewed before it ends', async () => {
    const fakes = await google();
    let now = Date.now();
    fakes.tokens.now = () => now;
    const options = { project: 'my-project', region, baseUrl: fakes.api.url, serviceAccountKey: fakes.key };
    const provider = make(options, {}, { ...systemClock, now: () => now });
    await Promise.all(Array.from({ length: 20 }, () => ask(provider)));
    expect(fakes.tokens.given).toBe(1);
    now += 3_000_000;
    await ask(provider);
    expect(fakes.tokens.given).toBe(1);
    now += 400_000;
    await ask(provider);
    expect(fakes.tokens.given).toBe(2);
    expect(fakes.tokens.problems).toEqual([]);
  });

  it('[C12] a refused token is exchanged once more, and the request goes again; then the refusal is the answer', async () => {
    const fakes = await google(healthy, (token) => token !== 'Bearer access-token-1');
    expect((await ask(keyed(fakes))).text()).toBe(messageFrames().join(''));
    const never = await google(healthy, () => false);
    const provider = keyed(never);
    for (let count = 0; count < 3; count += 1) expect((await ask(provider)).status).toBe(401);
    expect(never.tokens.given).toBe(2);
  });

  it.each([
    ['a file that is not there', { credentialsFile: '/nowhere/at-all' }, 'the credentials file cannot be read (ENOENT)'],
    ['a key of another kind', { serviceAccountKey: '{"type":"external_account"}' }, 'holds neither a key of a service account nor a login'],
    ['a key that is no JSON', { serviceAccountKey: 'PRIVATE' }, 'holds neither a key of a service account nor a login'],
    [
      'a private key that is none',
      { serviceAccountKey: serviceAccountFile('http://127.0.0.1:1/token', { private_key: 'x' }) },
      'no token can be had from Google',
    ],
    [
      'nobody at the address of tokens',
      { serviceAccountKey: serviceAccountFile('http://127.0.0.1:1/token') },
      'no token can be had from Google (ECONNREFUSED)',
    ],
    [
      'a metadata service as that address',
      { serviceAccountKey: serviceAccountFile('http://169.254.169.254/token') },
      'no token can be had from Google',
    ],
    ['a command that fails', { tokenCommand: ['false'] }, 'tokenCommand ended with 1'],
    ['a command that prints no token', { tokenCommand: ['echo', 'no token'] }, 'tokenCommand printed no token'],
  ])('[C12] %s makes the provider unavailable and says why', async (_title, options, reason) => {
    const provider = make({ project: 'my-project', region, ...options }, { PATH: process.env['PATH'] ?? '' });
    const got = await ask(provider);
    expect(got.error).toMatchObject({ code: 'CCP_PROVIDER_UNAVAILABLE', message: expect.stringContaining(reason) });
    expect(provider.availability()).toMatchObject({ available: false, reason: expect.stringContaining(reason) });
  });

  it('[C12] credentials Google refuses are said without repeating them', async () => {
    const fakes = await google();
    const other = JSON.stringify({ ...(JSON.parse(userFile(`${fakes.exchange.url}/token`)) as object), refresh_token: 'revoked-refresh' });
    const got = await ask(make({ project: 'my-project', region, baseUrl: fakes.api.url, serviceAccountKey: other }));
    expect(got.error?.message).toContain('Google refused the credentials (400)');
    expect(fakes.tokens.problems).toEqual(['login']);
  });

  it.each([
    [{}, 'options.region is missing'],
    [{ region: 'evil.example/' }, 'options.region: must be a region'],
    [{ region, unknown: 1 }, 'options: Unrecognized key: "unknown"'],
  ])('[C12] options %j are refused with what is wrong', async (options, reason) => {
    const provider = make(options);
    await expect.poll(() => provider.availability()).toMatchObject({ available: false, reason: expect.stringContaining(reason) });
  });
});
