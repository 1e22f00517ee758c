import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { systemClock, silentLogger } from '@ccproxy/kernel';
import { createProvider, type Provider, type ProviderRequest } from '@ccproxy/providers';
import {
  type Behaviour,
  collect,
  FakeUpstream,
  messageDocument,
  messageFrames,
  providerContract,
  startInProcess,
} from '@ccproxy/providers/testing';
import { afterAll, afterEach, describe, expect, it } from 'vitest';
import { createBedrockAdapter } from './bedrock-adapter.js';
import { chunkFrame, eventsOf, exceptionFrame, frame, sendFrames, signed } from './testing/fake-bedrock.js';

const dir = mkdtempSync(join(tmpdir(), 'ccp-bedrock-'));
const open: { close(): Promise<unknown> }[] = [];
afterEach(async () => {
  await Promise.all(open.splice(0).map((each) => each.close()));
});
afterAll(() => rmSync(dir, { recursive: true, force: true }));

const region = 'eu-central-1';
const accessKeyId = 'AKIDEXAMPLE';
const secretAccessKey = 'wJalrXUtnFEMI-bPxRfiCYEXAMPLEKEY';
const frames = eventsOf(messageFrames()).map(chunkFrame);
const timeouts = { connect: 5000, firstByte: 20_000, idle: 20_000, total: 60_000 };

const healthy: Behaviour = async (exchange) => {
  if (exchange.request.path.endsWith('/invoke-with-response-stream')) return sendFrames(exchange, frames);
  exchange.response.writeHead(200, { 'content-type': 'application/json', 'x-amzn-requestid': 'req-aws-1' }).end(messageDocument());
  return undefined;
};

const upstream = async (behaviour: Behaviour = healthy, secret = secretAccessKey): Promise<FakeUpstream> => {
  const fake = await FakeUpstream.listen(signed(secret, region, behaviour));
  open.push(fake);
  return fake;
};

interface Made {
  readonly provider: Provider;
  readonly logged: string[];
}

const make = (options: object, env: Readonly<Record<string, string>> = {}, clock = systemClock): Made => {
  const logged: string[] = [];
  const log = (fields: object, message: string): void => void logged.push(JSON.stringify(fields) + message);
  const provider = createProvider(
    {
      name: 'aws',
      type: 'adapter',
      baseUrl: undefined,
      auth: { kind: 'none' },
      timeouts,
      adapter: { name: 'bedrock', module: '/nowhere.mjs', from: dir, passEnv: [], options: { ...options } },
      unavailable: undefined,
    },
    {
      clock: systemClock,
      logger: { ...silentLogger, info: log, warn: log, error: log },
      egress: { proxy: 'none', ca: [], env: {} },
      random: Math.random,
      startAdapter: startInProcess((setup) => createBedrockAdapter(setup, { clock, env })),
    },
  );
  open.push(provider);
  return { provider, logged };
};

const keyed = (fake: FakeUpstream, rest: object = {}): Made => make({ region, baseUrl: fake.url, accessKeyId, secretAccessKey, ...rest });

const conversation = '"messages":[{"role":"user","content":"h\\u00e4llo  \\n ✓"}],  "max_tokens" : 1e2';
const request = (fields: Partial<ProviderRequest> = {}): ProviderRequest => ({
  method: 'POST',
  path: '/v1/messages?beta=true',
  clientHeaders: { 'content-type': 'application/json', authorization: 'Bearer sk-ant-oat01-login', 'anthropic-version': '2023-06-01' },
  body: Buffer.from(`{"model":"anthropic.claude-x-v1:0","stream":true,${conversation}}`),
  stream: true,
  ...fields,
});
const document = request({ body: Buffer.from(`{"model":"anthropic.claude-x-v1:0",${conversation}}`), stream: false });

const ask = async (provider: Provider, asked = request()) => {
  const got = collect(provider, asked);
  await got.settled;
  return got;
};

describe('Bedrock keeps the contract of providers', () => {
  it.each(providerContract.map(({ title, run }) => [title, run] as const))('[C12] %s', async (_title, run) => {
    const subject = async () => {
      const fake = await upstream(async (exchange) => {
        if (exchange.request.body.includes('slow')) await new Promise((resolve) => setTimeout(resolve, 250));
        return healthy(exchange);
      });
      const slow = request({ body: Buffer.from('{"model":"m","stream":true,"messages":["slow"]}') });
      return { provider: keyed(fake).provider, streaming: request(), document, slow, dispose: () => Promise.resolve() };
    };
    await expect(run(subject)).resolves.toBeUndefined();
  });
});

describe('Bedrock', () => {
  it('[C12] gets a signed request whose conversation is byte for byte that of the client', async () => {
    const fake = await upstream();
    const { provider } = keyed(fake, { models: { sonnet: 'arn:aws:bedrock:eu-central-1:1:inference-profile/eu.anthropic.claude' } });
    const got = await ask(provider);
    expect(got.text()).toBe(messageFrames().join(''));
    expect(got.headers).toMatchObject({ 'content-type': 'text/event-stream; charset=utf-8', 'request-id': 'req-aws-1' });
    expect(fake.last.path).toBe('/model/anthropic.claude-x-v1%3A0/invoke-with-response-stream');
    expect(fake.last.body.toString('utf8')).toBe(`{"anthropic_version":"bedrock-2023-05-31",${conversation}}`);
    expect(JSON.stringify(fake.last.headers)).not.toMatch(/sk-ant|anthropic-version|wJalr/);

    await ask(provider, request({ body: Buffer.from(`{"model":"sonnet",${conversation}}`), stream: false }));
    expect(fake.last.path).toBe('/model/arn%3Aaws%3Abedrock%3Aeu-central-1%3A1%3Ainference-profile%2Feu.anthropic.claude/invoke');
  });

  it('[C12] betas go into the body; those it does not take are left out and named', async () => {
    const fake = await upstream();
    const { provider } = keyed(fake, { leaveOut: ['metadata', 'container'] });
    const got = await ask(
      provider,
      request({
        clientHeaders: { 'anthropic-beta': 'context-1m-2025-08-07, claude-code-20250219' },
        body: Buffer.from(`{"model":"m","stream":true,"metadata":{"user_id":"u"},"anthropic_beta":["effort-2025-11-24"],${conversation}}`),
      }),
    );
    expect(JSON.parse(fake.last.body.toString('utf8'))).toMatchObject({ anthropic_beta: ['context-1m-2025-08-07', 'effort-2025-11-24'] });
    expect(fake.last.body.includes('user_id')).toBe(false);
    expect(got.call.dropped).toEqual(['beta claude-code-20250219', 'metadata']);
  });

  it('[C12] a request without a model is refused before anything is sent; endpoints it does not have are said', async () => {
    const fake = await upstream();
    const { provider } = keyed(fake, { models: { sonnet: 'x' } });
    expect((await ask(provider, request({ body: Buffer.from('{}') }))).status).toBe(400);
    expect((await ask(provider, request({ path: '/v1/files' }))).status).toBe(501);
    const models = await ask(provider, request({ method: 'GET', path: '/v1/models', body: undefined, stream: false }));
    expect(JSON.parse(models.text())).toMatchObject({ data: [{ id: 'sonnet' }], has_more: false });
    const notes = { clientModel: 'm', inputTokens: 41, limits: { context: undefined, output: undefined }, strict: undefined };
    const counted = await ask(provider, request({ path: '/v1/messages/count_tokens', notes, stream: false }));
    expect(counted.text()).toBe('{"input_tokens":41}');
    expect(fake.seen).toHaveLength(0);
  });

  it.each([
    [400, 'ValidationException', 'Input is too long for requested model.', 400, 'invalid_request_error'],
    [403, 'AccessDeniedException', 'no access to the model', 403, 'permission_error'],
    [404, 'ResourceNotFoundException', 'no such model', 404, 'not_found_error'],
    [424, 'ModelErrorException', 'the model failed', 502, 'api_error'],
    [429, 'ThrottlingException:http://internal/', 'Too many requests', 429, 'rate_limit_error'],
    [400, 'ServiceQuotaExceededException', 'quota', 429, 'rate_limit_error'],
    [503, 'ServiceUnavailableException', 'busy', 503, 'overloaded_error'],
    [500, '', '', 500, 'api_error'],
  ])('[C12] an error %i %s', async (status, exception, message, expected, type) => {
    const fake = await upstream(({ response }) => {
      response.writeHead(status, { 'x-amzn-errortype': exception, 'retry-after': '7', 'x-amzn-requestid': 'r' });
      response.end(message === '' ? '<html>' : JSON.stringify({ message }));
    });
    const got = await ask(keyed(fake).provider);
    expect(got.status).toBe(expected);
    expect(JSON.parse(got.text())).toMatchObject({ type: 'error', error: { type, ...(message === '' ? {} : { message }) } });
    expect(got.headers).toMatchObject({ 'retry-after': '7', 'request-id': 'r' });
  });

  it.each([
    ['throttlingException', 'rate_limit_error'],
    ['modelStreamErrorException', 'api_error'],
    ['modelTimeoutException', 'timeout_error'],
    ['brandNewException', 'api_error'],
  ])('[C12][F1] rows 55, 115: %s in the middle of the stream ends it with an error event', async (exception, type) => {
    const rest = frames.slice(4);
    const fake = await upstream((exchange) =>
      sendFrames(exchange, [...frames.slice(0, 4), exceptionFrame(exception, 'it broke'), ...rest]),
    );
    const got = await ask(keyed(fake).provider);
    expect(got.text()).toBe(
      `${messageFrames().slice(0, 4).join('')}event: error\ndata: {"type":"error","error":{"type":"${type}","message":"it broke"}}\n\n`,
    );
  });

  it('[C12] events of other kinds are no part of the answer, and an error without a type is one', async () => {
    const other = frame({ ':message-type': 'event', ':event-type': 'brandNew' }, '{"a":1}');
    const oddOrder = chunkFrame('{"index":0,"type":"content_block_stop"}');
    const error = frame({ ':message-type': 'error', ':error-code': 'InternalServerException', ':error-message': 'gone' }, '');
    const fake = await upstream((exchange) => sendFrames(exchange, [other, oddOrder, error]));
    const got = await ask(keyed(fake).provider);
    expect(got.text()).toBe(
      'event: content_block_stop\ndata: {"index":0,"type":"content_block_stop"}\n\n' +
        'event: error\ndata: {"type":"error","error":{"type":"api_error","message":"gone"}}\n\n',
    );
  });

  const flipped = Buffer.from(frames[4] ?? []);
  flipped[flipped.length - 9] = (flipped[flipped.length - 9] ?? 0) ^ 1;
  it.each([
    ['a bad checksum', [...frames.slice(0, 4), flipped]],
    ['a truncated frame', [...frames.slice(0, 4), (frames[4] ?? Buffer.alloc(0)).subarray(0, 30)]],
    ['a chunk without an event', [...frames.slice(0, 4), frame({ ':message-type': 'event', ':event-type': 'chunk' }, '{"b":1}')]],
    ['a chunk that is no JSON', [...frames.slice(0, 4), frame({ ':message-type': 'event', ':event-type': 'chunk' }, 'null')]],
    ['an event without a type', [...frames.slice(0, 4), chunkFrame('{"index":0}')]],
  ])('[C12][F1] row 60: %s is an error of the call, after all that was whole', async (_title, sent) => {
    const fake = await upstream((exchange) => sendFrames(exchange, sent));
    const got = await ask(keyed(fake).provider);
    expect(got.error?.code).toBe('CCP_UPSTREAM_MALFORMED');
    expect(got.text()).toBe(messageFrames().slice(0, 4).join(''));
  });

  it('[F1] rows 53, 55, 64: broken connections and web pages keep their names', async () => {
    const fake = await upstream(async (exchange) => {
      exchange.response.writeHead(200, { 'content-type': 'application/vnd.amazon.eventstream' });
      exchange.response.write(frames[0]);
      setTimeout(() => exchange.socket.resetAndDestroy(), 20);
    });
    expect((await ask(keyed(fake).provider)).error?.code).toBe('CCP_UPSTREAM_RESET');
    const page = await upstream(({ response }) => void response.writeHead(200, { 'content-type': 'text/html' }).end('<html>'));
    expect((await ask(keyed(page).provider)).status).toBe(502);
    const { provider } = keyed(fake, { baseUrl: 'http://127.0.0.1:1' });
    expect((await ask(provider)).error?.code).toBe('CCP_UPSTREAM_CONNECT');
  });

  it('[F1] row 52: an abort in the middle of a stream closes the connection', async () => {
    const fake = await upstream((exchange) => {
      exchange.response.writeHead(200, { 'content-type': 'application/vnd.amazon.eventstream' });
      exchange.response.write(Buffer.concat(frames.slice(0, 3)));
    });
    const got = collect(keyed(fake).provider, request(), ({ call }) => call.abort());
    await got.head;
    await expect.poll(() => fake.last.state).toBe('aborted');
  });
});

describe('credentials of AWS', () => {
  const printing = (name: string, text: string, exit = 0): string[] => {
    const file = join(dir, name);
    writeFileSync(file, `#!/bin/sh\necho run >> '${file}.runs'\ncat <<'X'\n${text}\nX\nexit ${exit}\n`, { mode: 0o700 });
    return [file];
  };
  const runs = (name: string): number => readFileSync(join(dir, `${name}.runs`), 'utf8').split('\n').length - 1;
  const printed = (secret: string, rest: object = {}): string =>
    JSON.stringify({ Version: 1, AccessKeyId: accessKeyId, SecretAccessKey: secret, ...rest });
  const file = (text: string): string => {
    const path = join(dir, 'credentials');
    writeFileSync(path, text);
    return path;
  };
  const profile = `[other]\naws_access_key_id = AKIDOTHER\n# aws_secret_access_key = no\n[mine]\naws_access_key_id=${accessKeyId}\naws_secret_access_key = ${secretAccessKey}\naws_session_token = session-token-1\n`;

  it('[C12] come from the options, a command, the environment or a file', async () => {
    const fake = await upstream();
    const baseUrl = fake.url;
    const env = { AWS_ACCESS_KEY_ID: accessKeyId, AWS_SECRET_ACCESS_KEY: secretAccessKey, AWS_REGION: region };
    const PATH = process.env['PATH'] ?? '';
    const places: readonly (readonly [object, Record<string, string>])[] = [
      [{ region, accessKeyId, secretAccessKey, sessionToken: 'session-token-1' }, {}],
      [{ region, credentialCommand: printing('whole', printed(secretAccessKey, { SessionToken: 'session-token-1' })) }, { PATH }],
      [{}, env],
      [{ region, profile: 'mine', credentialsFile: file(profile) }, env],
      [{ region }, { AWS_SHARED_CREDENTIALS_FILE: file(profile), AWS_PROFILE: 'mine' }],
    ];
    for (const [options, given] of places) expect((await ask(make({ baseUrl, ...options }, given).provider)).status).toBe(200);
    expect(fake.seen.map(({ headers }) => headers['x-amz-security-token'])).toEqual([
      'session-token-1',
      'session-token-1',
      undefined,
      'session-token-1',
      'session-token-1',
    ]);
  });

  it('[C12] a key of Bedrock goes as it is', async () => {
    const fake = await FakeUpstream.listen(healthy);
    open.push(fake);
    await ask(make({ region, baseUrl: fake.url, apiKey: 'bedrock-api-key-1' }).provider);
    expect(fake.last.headers.authorization).toBe('Bearer bedrock-api-key-1');
  });

  it('[C12] all who wait share one look-up; refused credentials are looked up once more, and the request goes again', async () => {
    const fake = await upstream();
    const old = printed('an-expired-secret-key');
    const command = printing('rotating', old);
    const { provider, logged } = make({ region, baseUrl: fake.url, credentialCommand: command }, { PATH: process.env['PATH'] ?? '' });
    const refused = await Promise.all(Array.from({ length: 10 }, () => ask(provider)));
    expect(new Set(refused.map(({ status }) => status))).toEqual(new Set([401]));
    expect(runs('rotating')).toBe(2);

    // Old ones at the first look, good ones at the second.
    const [program = ''] = printing('rotated', '');
    const swap = `echo run >> '${program}.runs'; [ "$(wc -l < '${program}.runs')" -gt 1 ] && echo '${printed(secretAccessKey)}' || echo '${old}'`;
    writeFileSync(program, `#!/bin/sh\n${swap}\n`);
    const other = make({ region, baseUrl: fake.url, credentialCommand: [program] }, { PATH: process.env['PATH'] ?? '' });
    expect((await ask(other.provider)).text()).toBe(messageFrames().join(''));
    expect(logged.concat(other.logged).join('\n')).not.toMatch(/an-expired-secret-key|wJalr/);
  });

  it('[C12] credentials that end are renewed before they do', async () => {
    const fake = await upstream();
    let now = Date.now();
    const clock = { ...systemClock, now: () => now };
    const Expiration = new Date(now + 3_600_000).toISOString();
    const credentialCommand = printing('ending', printed(secretAccessKey, { Expiration }));
    const { provider } = make({ region, baseUrl: fake.url, credentialCommand }, { PATH: process.env['PATH'] ?? '' }, clock);
    await ask(provider);
    now += 3_000_000;
    await ask(provider);
    expect(runs('ending')).toBe(1);
    now += 400_000;
    await ask(provider);
    expect(runs('ending')).toBe(2);
  });

  it.each([
    ['a command that fails', { credentialCommand: () => printing('failing', 'wJalr-secret', 3) }, 'credentialCommand ended with 3'],
    [
      'a command that prints something else',
      { credentialCommand: () => printing('chatting', 'hello') },
      'credentialCommand printed no JSON object',
    ],
    ['a command that prints nothing of use', { credentialCommand: () => printing('empty', '{}') }, 'credentialCommand gave no access key'],
    ['a command that is not there', { credentialCommand: () => ['/nowhere/at-all'] }, 'credentialCommand ended with ENOENT'],
    ['a file that is not there', { credentialsFile: (): string => '/nowhere/at-all' }, 'the credentials file cannot be read (ENOENT)'],
    [
      'a profile that is not there',
      { credentialsFile: (): string => file(profile), profile: (): string => 'nobody' },
      'has no profile "nobody"',
    ],
    [
      'a profile without a key',
      { credentialsFile: (): string => file(profile), profile: (): string => 'other' },
      'the profile "other" gave no access key',
    ],
  ])('[C12] %s makes the provider unavailable and says why', async (_title, options, reason) => {
    const made = Object.fromEntries(Object.entries(options).map(([name, value]) => [name, value()]));
    const { provider } = make({ region, ...made }, { PATH: process.env['PATH'] ?? '' });
    const got = await ask(provider);
    expect(got.error).toMatchObject({ code: 'CCP_PROVIDER_UNAVAILABLE', message: expect.stringContaining(reason) });
    expect(provider.availability()).toMatchObject({ available: false, reason: expect.stringContaining(reason) });
    expect((await ask(provider)).error?.code).toBe('CCP_PROVIDER_UNAVAILABLE');
  });

  it.each([
    [{}, 'options.region is missing'],
    [{ region: 'http://evil' }, 'options.region: must be a region such as eu-central-1'],
    [{ region, accessKeyId }, 'options.accessKeyId: and `secretAccessKey` belong together'],
    [{ region, unknown: 1 }, 'options: Unrecognized key: "unknown"'],
    [{ region, baseUrl: 'http://169.254.169.254' }, 'metadata service'],
  ])('[C12] options %j are refused with what is wrong', async (options, reason) => {
    const { provider } = make(options);
    await expect.poll(() => provider.availability()).toMatchObject({ available: false, reason: expect.stringContaining(reason) });
  });
});
