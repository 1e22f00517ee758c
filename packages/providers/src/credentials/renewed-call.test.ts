import type { ProviderConfig, ProviderType } from '@ccproxy/config';
import { createRedactor, silentLogger, systemClock } from '@ccproxy/kernel';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { createProvider } from '../create-provider.js';
import type { Provider, ProviderRequest } from '../provider.js';
import { behaviours } from '../testing/behaviours.js';
import { collect } from '../testing/collect.js';
import { dialects, speaks } from '../testing/dialect.js';
import { type Behaviour, FakeUpstream } from '../testing/fake-upstream.js';
import { sendError } from '../testing/sse-answer.js';
import { TokenPlace } from '../testing/token-place.js';
import { createCredentialSource } from './create-credential-source.js';
import { systemSourceIo } from './source-io.js';

const timeouts = { connect: 5000, firstByte: 20_000, idle: 20_000, total: 60_000 };
let place: TokenPlace;
let fake: FakeUpstream;
let provider: Provider | undefined;
beforeEach(async () => {
  place = new TokenPlace();
  place.token = 'first-token-value';
  fake = await FakeUpstream.listen(behaviours.healthy);
});
afterEach(async () => {
  await provider?.close();
  await fake.close();
  place.remove();
});

function make(type: ProviderType = 'anthropic', argv = place.command()): Provider {
  const config: ProviderConfig = {
    name: 'work',
    type,
    baseUrl: fake.url,
    auth: { kind: 'oauth', source: { kind: 'command', argv, timeout: 10_000, passEnv: [] }, refresh: 3_600_000, required: false },
    timeouts,
    unavailable: undefined,
  };
  const deps = { clock: systemClock, logger: silentLogger };
  const source = createCredentialSource(config, { ...deps, io: systemSourceIo(process.env), secrets: createRedactor() });
  provider = createProvider(config, { ...deps, source, random: Math.random, egress: { proxy: 'none', ca: [], env: {} } });
  return provider;
}

const request = (clientHeaders = {}): ProviderRequest => ({
  method: 'POST',
  path: '/v1/messages',
  clientHeaders: { 'content-type': 'application/json', ...clientHeaders },
  body: Buffer.from('{"model":"m","max_tokens":5,"messages":[{"role":"user","content":"hi"}],"stream":true}'),
  stream: true,
});

/** Accepts one token and refuses every other, slowly enough that refusals overlap. */
const only =
  (token: () => string, then: Behaviour = behaviours.healthy): Behaviour =>
  (exchange) =>
    exchange.request.headers.authorization === `Bearer ${token()}`
      ? then(exchange)
      : sendError(exchange, 401, 'authentication_error', 'OAuth token has expired');

describe('a call with a fetched token', () => {
  it('[C2][C3] sends the token in place of the client’s credential, and fetches it once for all who wait', async () => {
    const calls = Array.from({ length: 20 }, () =>
      collect(provider ?? make(), request({ authorization: 'Bearer client', 'x-api-key': 'client-key' })),
    );
    await Promise.all(calls.map(({ settled }) => settled));
    expect(calls.map(({ status }) => status)).toEqual(calls.map(() => 200));
    expect(new Set(fake.seen.map(({ headers }) => `${headers.authorization} ${String(headers['x-api-key'])}`))).toEqual(
      new Set(['Bearer first-token-value undefined']),
    );
    expect(place.runs).toBe(1);
  });

  it.each(['openai', 'openai-responses', 'gemini', 'ollama'] as const)('[C3] is a bearer for a provider of type %s too', async (type) => {
    const dialect = dialects.find((each) => each.type === type);
    if (dialect === undefined) throw new Error(`no dialect ${type}`);
    let valid = 'first-token-value';
    fake.behaviour = only(() => valid, speaks(dialect));
    const first = collect(make(type), request());
    await first.settled;
    valid = 'second-token-value';
    place.token = valid;
    const second = collect(provider ?? make(type), request());
    await second.settled;
    expect([first.status, second.status, second.order.at(-1), place.runs]).toEqual([200, 200, 'end', 2]);
    expect(fake.last.headers.authorization).toBe('Bearer second-token-value');
    expect(fake.last.headers['x-goog-api-key']).toBeUndefined();
  });

  it('[C3][F1] row 26: 50 calls that are refused fetch one token and are each sent once more', async () => {
    let valid = 'first-token-value';
    fake.behaviour = only(() => valid);
    const work = make();
    await collect(work, request()).settled;
    valid = 'second-token-value';
    place.token = valid;
    const calls = Array.from({ length: 50 }, () => collect(work, request()));
    await Promise.all(calls.map(({ settled }) => settled));
    expect(calls.map(({ status, order }) => [status, order[0], order.at(-1)])).toEqual(calls.map(() => [200, 'head', 'end']));
    expect(calls.every(({ order }) => order.filter((each) => each === 'head').length === 1)).toBe(true);
    expect(place.runs).toBe(2);
    expect(fake.seen.length).toBeLessThanOrEqual(101);
  });

  it('[C3][C4] when no other token comes the refusal reaches the caller as it was, and the command rests', async () => {
    fake.behaviour = only(() => 'never');
    const work = make();
    for (let n = 0; n < 5; n += 1) {
      const refused = collect(work, request());
      await refused.settled;
      expect([refused.status, refused.order, refused.text()]).toEqual([
        401,
        ['head', 'data', 'end'],
        expect.stringContaining('OAuth token has expired'),
      ]);
    }
    expect([place.runs, fake.seen.length]).toEqual([2, 5]);
  });

  it('[C3] is sent a second time only: a token that is refused again is the answer', async () => {
    fake.behaviour = (exchange) => {
      place.token = `another-token-${fake.seen.length}`;
      return sendError(exchange, 401, 'authentication_error', 'no');
    };
    const refused = collect(make(), request());
    await refused.settled;
    expect([refused.status, fake.seen.length, place.runs]).toEqual([401, 2, 2]);
  });

  it('[C3] an answer that has begun is never asked for again', async () => {
    fake.behaviour = behaviours['reset-midway'];
    const torn = collect(make(), request());
    await torn.settled;
    expect([torn.order.at(-1), fake.seen.length]).toEqual(['error', 1]);
  });

  it('[C3] a source that fails ends the call with the reason, and no secret', async () => {
    const failing = collect(make('anthropic', [place.write('bad', '#!/bin/sh\necho leaked-token-value >&2\nexit 7\n', 0o755)]), request());
    await failing.settled;
    expect(failing.error).toMatchObject({ code: 'CCP_PROVIDER_UNAVAILABLE', message: expect.stringContaining('exit code 7') });
    expect(JSON.stringify(failing.error?.toJSON())).not.toContain('leaked');
    expect(provider?.availability()).toMatchObject({ available: false });
    expect(fake.seen).toHaveLength(0);
  });

  it('[C3] an aborted call is not sent, whether it waits for the first token or for another', async () => {
    const release = place.write('go', '');
    const waiting = collect(make('anthropic', place.command(`while [ ! -s '${release}' ]; do sleep 0.02; done`)), request());
    waiting.call.pause();
    waiting.call.abort();
    const second = collect(provider ?? make(), request());
    place.write('go', 'now');
    await second.settled;
    expect([waiting.order, fake.seen.length]).toEqual([[], 1]);
    place.write('go', '');
    fake.behaviour = only(() => 'never');
    const third = collect(provider ?? make(), request());
    await expect.poll(() => place.runs).toBe(2);
    third.call.abort();
    place.token = 'second-token-value';
    place.write('go', 'now');
    await expect.poll(() => provider?.availability()).toEqual({ available: true });
    expect([third.order, fake.seen.length]).toEqual([[], 2]);
  });

  it('[C2][F1] a login of a person goes to nobody but Anthropic, and for no other client', async () => {
    place.token = 'sk-ant-oat01-login-of-a-person';
    const other = collect(make('openai'), request());
    await other.settled;
    expect(other.error).toMatchObject({ code: 'CCP_PROVIDER_UNAVAILABLE', message: expect.stringContaining('goes to Anthropic only') });
    await provider?.close();
    const stranger = collect(make(), request({ 'user-agent': 'curl/8' }));
    await stranger.settled;
    expect(stranger.error?.code).toBe('CCP_PROVIDER_SUBSCRIPTION');
    const client = collect(provider ?? make(), request({ 'user-agent': 'claude-cli/2.1.328 (external, cli)' }));
    await client.settled;
    expect([client.status, fake.seen.length]).toEqual([200, 1]);
  });
});
