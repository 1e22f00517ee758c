import type { ProviderConfig, RateLimits, RetryConfig } from '@ccproxy/config';
import { type Behaviour, behaviours, messageFrames, sendError } from '@ccproxy/providers/testing';
import type { LimitStore } from '@ccproxy/resilience';
import { afterEach, describe, expect, it } from 'vitest';
import { type Gateway, type HarnessOptions, messageBody, providerConfig, target } from './testing/gateway-harness.js';
import { TestBed } from './testing/test-bed.js';

const bed = new TestBed();
afterEach(() => bed.close());

const healthy = messageFrames().join('');
const retry: Partial<RetryConfig> = { attempts: 2, baseDelay: 5, maxDelay: 2000, breaker: { failures: 5, open: 10_000 } };

const alone = async (behaviour: Behaviour, options: Partial<HarnessOptions> = {}) => {
  const fake = await bed.upstream(behaviour);
  return { fake, gate: await bed.passthrough(fake, { retry, ...options }) };
};

/** Keys of one provider; the caller has a gateway token. */
const withKeys = async (behaviour: Behaviour, rest: Partial<ProviderConfig>, options: Partial<HarnessOptions> = {}) => {
  const fake = await bed.upstream(behaviour);
  const gate = await bed.gateway({
    providers: [providerConfig('a', fake.url, { auth: { kind: 'apiKey', value: 'key-one' }, ...rest })],
    models: [target('default', 'a')],
    retry,
    ...options,
  });
  const ask = (session?: string) =>
    gate.ask({
      headers: { 'x-ccproxy-token': gate.token, ...(session === undefined ? {} : { 'x-claude-code-session-id': session }) },
      body: messageBody({ mark: Math.random() }),
    });
  return { fake, gate, ask, sent: () => fake.seen.map(({ headers }) => headers['x-api-key']) };
};
const keyList = (...list: readonly (string | [value: string, weight: number, limits?: RateLimits])[]) =>
  list.map((entry) => {
    const [value, weight, limits] = typeof entry === 'string' ? [entry, 1] : entry;
    return { value, weight, ...(limits === undefined ? {} : { limits }) };
  });
const refuses =
  (key: string, status: number, headers: Readonly<Record<string, string>> = {}): Behaviour =>
  (exchange) =>
    exchange.request.headers['x-api-key'] === key
      ? sendError(exchange, status, 'rate_limit_error', 'no', headers)
      : behaviours.healthy(exchange);

describe('several keys', () => {
  it('[C9] are taken in turn, by weight, or the first is filled', async () => {
    const list = keyList('key-one', ['key-two', 3]);
    const byTurns = await withKeys(behaviours.healthy, { keys: { strategy: 'round-robin', list } });
    for (let count = 0; count < 4; count += 1) await byTurns.ask();
    expect(byTurns.sent()).toEqual(['key-one', 'key-two', 'key-one', 'key-two']);
    const byWeight = await withKeys(behaviours.healthy, { keys: { strategy: 'weighted', list } });
    for (let count = 0; count < 8; count += 1) await byWeight.ask();
    expect(byWeight.sent().filter((key) => key === 'key-two')).toHaveLength(6);
    const filled = await withKeys(behaviours.healthy, { keys: { strategy: 'fill-first', list } });
    for (let count = 0; count < 3; count += 1) await filled.ask();
    expect(new Set(filled.sent())).toEqual(new Set(['key-one']));
  });

  it('[C9] a conversation keeps its key', async () => {
    const { ask, sent } = await withKeys(behaviours.healthy, { keys: { strategy: 'round-robin', list: keyList('key-one', 'key-two') } });
    for (const session of ['s-a', 's-b', 's-a', 's-b', 's-a']) await ask(session);
    expect(sent()).toEqual(['key-one', 'key-two', 'key-one', 'key-two', 'key-one']);
  });

  it('[C9] counting tokens and other endpoints use a key that is free', async () => {
    const { gate, ask, fake } = await withKeys(refuses('key-one', 429, { 'retry-after': '30' }), {
      keys: { strategy: 'fill-first', list: keyList('key-one', 'key-two') },
    });
    await ask();
    for (const path of ['/v1/messages/count_tokens', '/v1/files']) {
      await gate.ask({ path, headers: { 'x-ccproxy-token': gate.token } });
      expect([fake.last.path, fake.last.headers['x-api-key']]).toEqual([path, 'key-two']);
    }
  });

  it.each([429, 401, 402])('[C9] [C10] one that is answered %i rests, and the other answers the same request', async (status) => {
    const { ask, sent, gate } = await withKeys(refuses('key-one', status, { 'retry-after': '30' }), {
      keys: { strategy: 'fill-first', list: keyList('key-one', 'key-two') },
    });
    expect((await ask()).text).toBe(healthy);
    expect((await ask()).text).toBe(healthy);
    expect(sent()).toEqual(['key-one', 'key-two', 'key-two']);
    expect(gate.module.health?.()).toMatchObject({
      providers: [
        {
          keys: [
            { key: 1, restsFor: 30 },
            { key: 2, restsFor: 0 },
          ],
        },
      ],
    });
    expect(await gate.metricsText()).toContain('ccproxy_gateway_key_rests_total{provider="a"');
    expect(JSON.stringify(gate.module.health?.())).not.toContain('key-one');
  });

  it('[C9] when all must wait, the client is told how long, in whole seconds', async () => {
    const { ask, fake } = await withKeys((exchange) => sendError(exchange, 429, 'rate_limit_error', 'no', { 'retry-after': '7' }), {
      keys: { strategy: 'fill-first', list: keyList('key-one', 'key-two') },
    });
    expect((await ask()).status).toBe(429);
    expect(fake.seen).toHaveLength(2);
    const refused = await ask();
    expect(refused.headers).toMatchObject({ 'x-ccproxy-error': 'CCP_LIMIT_PROVIDER' });
    expect(Number(refused.headers['retry-after'])).toBeGreaterThan(0);
    expect(refused.headers['retry-after']).toMatch(/^[1-7]$/);
    expect(refused.json()).toMatchObject({ error: { type: 'rate_limit_error' } });
    expect(fake.seen).toHaveLength(2);
  });

  it('[C9] a single key that is refused is said to be refused for good', async () => {
    const { ask, fake } = await withKeys(behaviours['error-401'], {});
    const answer = await ask();
    expect([answer.status, answer.headers['x-should-retry'], fake.seen.length]).toEqual([401, 'false', 1]);
  });

  it('[F1] row 32: no key of several reaches the client, whichever is repeated in an error', async () => {
    const { ask } = await withKeys(
      (exchange) =>
        sendError(exchange, 400, 'invalid_request_error', `bad key ${String(exchange.request.headers['x-api-key'])} key-two-long`),
      { keys: { strategy: 'round-robin', list: keyList('key-one-long', 'key-two-long') } },
    );
    for (let count = 0; count < 2; count += 1) expect((await ask()).text).not.toMatch(/key-(one|two)-long/);
  });

  it('[C9] [A8] limits of a key send requests to the next, then tell the client', async () => {
    const limits = { requestsPerMinute: 2 };
    const { ask, sent } = await withKeys(behaviours.healthy, {
      keys: { strategy: 'fill-first', list: keyList('key-one', ['key-two', 1, { requestsPerMinute: 1 }]) },
      limits,
    });
    for (let count = 0; count < 3; count += 1) expect((await ask()).text).toBe(healthy);
    expect(sent()).toEqual(['key-one', 'key-one', 'key-two']);
    const refused = await ask();
    expect([refused.status, refused.headers['x-ccproxy-error']]).toEqual([429, 'CCP_LIMIT_PROVIDER']);
    expect(refused.headers['retry-after']).toMatch(/^(?:30|29|28)$/);
  });

  it('[C9] bounds simultaneous requests, and gives the place back when an answer ends or its client leaves', async () => {
    const { gate, fake } = await withKeys(behaviours['hang-before-head'], { limits: { concurrency: 1 } });
    const headers = { 'x-ccproxy-token': gate.token };
    const held = gate.open({ headers });
    await expect.poll(() => fake.open).toBe(1);
    expect((await gate.ask({ headers })).status).toBe(429);
    held.destroy();
    await expect.poll(() => fake.open).toBe(0);
    fake.behaviour = behaviours.healthy;
    for (let count = 0; count < 3; count += 1) expect((await gate.ask({ headers })).text).toBe(healthy);
  });
});

describe('limits of callers', () => {
  it('[A8] [C9] each caller has its own, with 429 and whole seconds', async () => {
    const { gate, fake } = await alone(behaviours.healthy, { server: { limits: { requestsPerMinute: 2 } } });
    for (let count = 0; count < 2; count += 1) expect((await gate.ask()).text).toBe(healthy);
    const refused = await gate.ask();
    expect([refused.status, refused.headers['x-should-retry'], refused.headers['x-ccproxy-error']]).toEqual([
      429,
      undefined,
      'CCP_LIMIT_CALLER',
    ]);
    expect(refused.headers['retry-after']).toMatch(/^(?:30|29|28)$/);
    expect(refused.json()).toMatchObject({ type: 'error', error: { type: 'rate_limit_error' } });
    expect((await gate.ask({ headers: { 'x-ccproxy-token': gate.token } })).text).toBe(healthy);
    expect(fake.seen).toHaveLength(3);
    await expect
      .poll(() => gate.lines.filter(({ outcome }) => outcome === 'refused'))
      .toMatchObject([{ status: 429, errorCode: 'CCP_LIMIT_CALLER' }]);
  });

  it('[A8] tokens count as the provider reports them, and simultaneous requests until they end', async () => {
    const { gate } = await alone(behaviours.healthy, { server: { limits: { tokensPerMinute: 40, concurrency: 1 } } });
    expect((await gate.ask()).text).toBe(healthy);
    await expect.poll(() => gate.lines.length).toBe(1);
    expect((await gate.ask()).headers['x-ccproxy-error']).toBe('CCP_LIMIT_CALLER');
    const other = await alone(behaviours['hang-before-head'], { server: { limits: { concurrency: 1 } } });
    const held = other.gate.open();
    await expect.poll(() => other.fake.open).toBe(1);
    expect((await other.gate.ask()).headers['retry-after']).toBe('1');
    held.destroy();
    await expect.poll(() => other.gate.lines.length).toBe(2);
    other.fake.behaviour = behaviours.healthy;
    expect((await other.gate.ask()).text).toBe(healthy);
  });

  it('[A8] [C9] are known to a gateway that follows, for callers and for keys, under names that tell nothing', async () => {
    const held = new Map<string, string>();
    const limits: LimitStore = {
      get: async (key) => held.get(key),
      set: async (key, value) => void held.set(key, value),
      delete: async (key) => void held.delete(key),
    };
    const fake = await bed.upstream(behaviours.healthy);
    const start = async () => {
      const gate = await bed.gateway({
        providers: [providerConfig('mine', fake.url, { auth: { kind: 'apiKey', value: 'key-of-mine' }, limits: { requestsPerMinute: 2 } })],
        models: [target('default', 'mine')],
        server: { limits: { requestsPerMinute: 3 } },
        retry,
        deps: { limits },
      });
      await gate.module.start?.();
      await gate.module.resume?.(false);
      return gate;
    };
    const refusal = async (gate: Gateway): Promise<unknown> => {
      const answer = await gate.ask({ headers: { 'x-ccproxy-token': gate.token } });
      expect(answer.headers['retry-after'] ?? '0').toMatch(/^\d+$/);
      return answer.headers['x-ccproxy-error'];
    };
    const first = await start();
    expect([await refusal(first), await refusal(first), await refusal(first)]).toEqual([undefined, undefined, 'CCP_LIMIT_PROVIDER']);
    await first.module.drain?.(AbortSignal.timeout(5000));
    const text = [...held.values()].join();
    expect(text).toContain('session-1');
    expect(text.includes(first.token) || text.includes('key-of-mine') || text.includes('sk-ant-client')).toBe(false);
    const second = await start();
    expect(await refusal(second)).toBe('CCP_LIMIT_CALLER');
    const takeBack = await second.module.handOver?.();
    takeBack?.();
    held.set('taken', text.replace('"callers"', '"nobody"'));
    expect(await refusal(await start())).toBe('CCP_LIMIT_PROVIDER');
  });
});
