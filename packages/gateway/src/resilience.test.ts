import { type Behaviour, behaviours, type BehaviourName, messageFrames, sendError } from '@ccproxy/providers/testing';
import type { RetryConfig } from '@ccproxy/config';
import { FakeClock } from '@ccproxy/kernel/testing';
import { afterEach, describe, expect, it } from 'vitest';
import { answerOf, type HarnessOptions, messageBody, providerConfig, target } from './testing/gateway-harness.js';
import { TestBed } from './testing/test-bed.js';

const bed = new TestBed();
afterEach(() => bed.close());

const healthy = messageFrames().join('');
const retry: Partial<RetryConfig> = { attempts: 2, baseDelay: 5, maxDelay: 2000, breaker: { failures: 5, open: 10_000 } };

/** The behaviours in this order, then the last one for ever. */
const inTurn = (...list: readonly (BehaviourName | Behaviour)[]): Behaviour => {
  let count = 0;
  return (exchange) => {
    const next = list[Math.min(count, list.length - 1)] ?? 'healthy';
    count += 1;
    return (typeof next === 'string' ? behaviours[next] : next)(exchange);
  };
};

const alone = async (behaviour: Behaviour, options: Partial<HarnessOptions> = {}) => {
  const fake = await bed.upstream(behaviour);
  return { fake, gate: await bed.passthrough(fake, { retry, ...options }) };
};

describe('repetition', () => {
  it.each([
    'error-503',
    'error-529',
    'error-500',
    'reset-at-once',
    'head-then-reset',
    'error-first',
    'error-after-start',
    'html-502',
  ] as const)('[C9] after %s the same target is asked again, and the answer is the second one; both attempts have a row', async (name) => {
    const { gate, fake } = await alone(inTurn(name, 'healthy'));
    const answer = await gate.ask();
    expect(answer.text).toBe(healthy);
    expect(answer.headers['x-ccproxy-attempts']).toBe('2');
    expect(fake.seen).toHaveLength(2);
    expect(gate.ledger.rows).toMatchObject([
      { attempt: 1, target: 'default', outcome: 'error' },
      { attempt: 2, target: 'default', outcome: 'ok' },
    ]);
    expect(await gate.metricsText()).toMatch(/ccproxy_gateway_retries_total\{provider="anthropic",class="\w+"\} 1/);
  });

  it.each(['error-400', 'error-401', 'error-413', 'hang-before-head', 'garbage', 'redirect-302', 'html-200'] as const)(
    '[C9] %s is never repeated',
    async (name) => {
      const fake = await bed.upstream(behaviours[name]);
      const timeouts = { connect: 1000, firstByte: 200, idle: 200, total: 5000 };
      const gate = await bed.gateway({
        providers: [providerConfig('a', fake.url, { timeouts })],
        models: [target('default', 'a')],
        retry,
      });
      expect((await gate.ask({ body: messageBody({ stream: false }) })).status).toBeGreaterThanOrEqual(400);
      expect(fake.seen).toHaveLength(1);
    },
  );

  it('[C9] row 54: goes on while the client is kept waiting with pings', async () => {
    const first = Promise.withResolvers<void>();
    const { gate } = await alone(
      inTurn(async (exchange) => {
        await first.promise;
        return behaviours['error-503'](exchange);
      }, 'healthy'),
      { server: { headHold: 20 } },
    );
    const pending = gate.ask();
    await expect.poll(() => gate.ledger.rows.length).toBe(1);
    setTimeout(() => first.resolve(), 100);
    const answer = await pending;
    expect(answer.text).toMatch(/^event: ping\n/);
    expect(answer.text.endsWith(healthy)).toBe(true);
    expect(gate.ledger.rows).toMatchObject([{ outcome: 'error' }, { outcome: 'ok' }]);
  });

  it('[C9] at most twice; then the client gets the last answer with its bytes', async () => {
    const { gate, fake } = await alone(behaviours['error-529']);
    const answer = await gate.ask();
    expect(answer.status).toBe(529);
    expect(answer.headers).toMatchObject({ 'x-should-retry': 'true', 'x-ccproxy-attempts': '3' });
    expect(answer.json()).toMatchObject({ error: { type: 'overloaded_error', message: 'Overloaded' } });
    expect(fake.seen).toHaveLength(3);
  });

  it('[C9] `x-should-retry: false` of the provider is believed', async () => {
    const { gate, fake } = await alone((exchange) => sendError(exchange, 503, 'api_error', 'no', { 'x-should-retry': 'false' }));
    expect((await gate.ask()).headers['x-should-retry']).toBe('false');
    expect(fake.seen).toHaveLength(1);
  });

  it('[C9] waits as long as the provider asks; a longer wait is left to the client, with the provider’s own words', async () => {
    const clock = new FakeClock();
    const fake = await bed.upstream(inTurn('error-429', 'healthy'));
    const long = { connect: 1e7, firstByte: 1e7, idle: 1e7, total: 1e8 };
    const gate = await bed.gateway({
      providers: [providerConfig('a', fake.url, { timeouts: long })],
      models: [target('default', 'a')],
      retry: { ...retry, baseDelay: 1 },
      clock,
      deps: { random: () => 0 },
    });
    const pending = answerOf(gate.open());
    await expect.poll(() => gate.ledger.rows[0]?.outcome).toBe('error');
    clock.advance(999);
    await expect.poll(() => fake.open).toBe(0);
    expect(fake.seen).toHaveLength(1);
    clock.advance(1);
    expect((await pending).text).toBe(healthy);
    const { gate: other, fake: giant } = await alone(behaviours['error-429-giant']);
    const answer = await other.ask();
    expect([answer.status, answer.headers['retry-after'], giant.seen.length]).toEqual([429, '99999999', 1]);
  });

  it('[C9] a client that leaves while the next attempt waits ends the request', async () => {
    const { gate, fake } = await alone(behaviours['error-503'], { retry: { ...retry, baseDelay: 10_000 }, deps: { random: () => 0.99 } });
    const request = gate.open();
    await expect.poll(() => gate.ledger.rows[0]?.outcome).toBe('error');
    request.destroy();
    await expect.poll(() => gate.lines).toMatchObject([{ outcome: 'aborted', attempts: 1 }]);
    expect(gate.module.health?.()).toMatchObject({ active: 0 });
    expect(fake.seen).toHaveLength(1);
  });

  it('[C9] [F1] row 74: a daemon that stops answers a request that waits for its next attempt', async () => {
    const { gate } = await alone(behaviours['error-503'], { retry: { ...retry, baseDelay: 10_000 }, deps: { random: () => 0.99 } });
    const pending = gate.ask();
    await expect.poll(() => gate.ledger.rows[0]?.outcome).toBe('error');
    await gate.module.drain?.(AbortSignal.abort());
    expect((await pending).headers['x-ccproxy-error']).toBe('CCP_GATEWAY_STOPPING');
  });

  it('[C9] repeats with the model of the target, and falls back with the client’s own', async () => {
    const first = await bed.upstream(inTurn('error-503'));
    const second = await bed.upstream();
    const gate = await bed.gateway({
      providers: [providerConfig('a', first.url), providerConfig('b', second.url)],
      models: [target('default', 'a', { model: 'x', fallback: ['own'] }), target('own', 'b')],
      retry,
    });
    expect((await gate.ask()).text).toBe(healthy);
    expect(first.seen.map(({ body }) => (JSON.parse(body.toString()) as { model: string }).model)).toEqual(['x', 'x', 'x']);
    expect(second.last.body.toString()).toBe(messageBody());
    const lone = await bed.upstream(inTurn('error-503', 'error-503', 'healthy'));
    const one = await bed.gateway({ providers: [providerConfig('a', lone.url)], models: [target('default', 'a', { model: 'y' })], retry });
    expect((await one.ask()).text).toBe(healthy);
    expect(new Set(lone.seen.map(({ body }) => (JSON.parse(body.toString()) as { model: string }).model))).toEqual(new Set(['y']));
  });
});

describe('amplification', () => {
  it.each(['error-503', 'error-529', 'reset-at-once'] as const)(
    '[C9] [F1] row 57: with %s for everything, 200 clients make at most 1.2 upstream requests each',
    async (name) => {
      const fake = await bed.upstream(behaviours[name]);
      const gate = await bed.gateway({
        providers: [providerConfig('a', fake.url, { auth: { kind: 'apiKey', value: 'key-of-a' } })],
        models: [target('default', 'a')],
        retry: 'default',
      });
      const ask = (_: unknown, mark: number) => gate.ask({ headers: { 'x-ccproxy-token': gate.token }, body: messageBody({ mark }) });
      const answers = await Promise.all(Array.from({ length: 200 }, ask));
      expect(answers.every(({ status }) => status >= 500)).toBe(true);
      expect(gate.ledger.rows.length).toBeGreaterThan(5);
      expect(gate.ledger.rows.length).toBeLessThanOrEqual(240);
      expect(fake.seen.length).toBeLessThanOrEqual(240);
    },
  );

  it('[C9] [C12] [F1] row 57: nothing is repeated for a client with its own credential, which repeats by itself', async () => {
    const { gate, fake } = await alone(behaviours['error-503'], { retry: 'default' });
    await Promise.all(Array.from({ length: 200 }, (_, mark) => gate.ask({ body: messageBody({ mark }) })));
    expect(fake.seen).toHaveLength(200);
  });
});

describe('circuit', () => {
  it('[C4] [C9] [C10] a provider that fails is left alone, shown in health and metrics, and asked again with one probe', async () => {
    const clock = new FakeClock();
    const long = { connect: 1e7, firstByte: 1e7, idle: 1e7, total: 1e8 };
    const fake = await bed.upstream(behaviours['error-503']);
    const gate = await bed.gateway({
      providers: [providerConfig('a', fake.url, { timeouts: long, auth: { kind: 'apiKey', value: 'key-of-a' } })],
      models: [target('default', 'a')],
      retry: { ...retry, attempts: 0 },
      clock,
    });
    const headers = { 'x-ccproxy-token': gate.token };
    for (let count = 0; count < 5; count += 1) await gate.ask({ headers });
    const refused = await gate.ask({ headers });
    expect([refused.status, refused.headers['retry-after'], refused.headers['x-should-retry']]).toEqual([503, '10', undefined]);
    expect(refused.headers).toMatchObject({
      'x-ccproxy-error': 'CCP_CIRCUIT_OPEN',
      'x-ccproxy-attempts': '0',
      'x-ccproxy-dropped': 'target default',
    });
    expect(refused.json()).toMatchObject({ error: { type: 'overloaded_error' } });
    expect(fake.seen).toHaveLength(5);
    expect(gate.module.health?.()).toMatchObject({
      providers: [
        { name: 'a', available: false, circuit: 'open', retryIn: 10, reason: expect.stringContaining('asked again in 10 s') as unknown },
      ],
    });
    expect(await gate.metricsText()).toContain('ccproxy_gateway_circuit_state{provider="a"} 2');
    expect(await gate.metricsText()).toContain('ccproxy_gateway_passed_over_total{provider="a",because="circuit"} 1');
    clock.advance(10_000);
    const release = Promise.withResolvers<void>();
    fake.behaviour = async (exchange) => {
      await release.promise;
      return behaviours.healthy(exchange);
    };
    const probe = gate.ask({ headers });
    await expect.poll(() => fake.open).toBe(1);
    expect((await gate.ask({ headers })).status).toBe(503);
    release.resolve();
    expect((await probe).text).toBe(healthy);
    expect((await gate.ask({ headers })).text).toBe(healthy);
    expect(gate.module.health?.()).toMatchObject({ providers: [{ available: true, circuit: 'closed', retryIn: null, reason: null }] });
  });

  it('[C9] a failure that opens it ends the repetitions of its request, without a wait', async () => {
    const { gate, fake } = await alone(behaviours['error-503'], { retry: { ...retry, breaker: { failures: 2, open: 10_000 } } });
    expect((await gate.ask()).headers).toMatchObject({ 'x-ccproxy-attempts': '2' });
    expect(fake.seen).toHaveLength(2);
    expect(await gate.metricsText()).toContain('ccproxy_gateway_retries_total{provider="anthropic",class="server"} 1');
  });

  it('[C9] the next target takes over at once while the first is left alone, and the decision says why', async () => {
    const first = await bed.upstream(behaviours['reset-at-once']);
    const spare = await bed.upstream();
    const decisions: unknown[] = [];
    const gate = await bed.gateway({
      providers: [providerConfig('a', first.url), providerConfig('b', spare.url)],
      models: [target('default', 'a', { fallback: ['spare'] }), target('spare', 'b')],
      retry: { ...retry, attempts: 0 },
      deps: { decisions: { record: (make) => decisions.push(make()), recent: () => Promise.resolve([]) } },
    });
    for (let count = 0; count < 7; count += 1) expect((await gate.ask()).text).toBe(healthy);
    expect(first.connections).toBe(5);
    const answer = await gate.ask();
    expect(answer.headers).toMatchObject({ 'x-ccproxy-target': 'spare', 'x-ccproxy-attempts': '1', 'x-ccproxy-dropped': 'target default' });
    await expect.poll(() => decisions.length).toBe(8);
    expect(JSON.stringify(decisions.at(-1))).toContain('provider a: it failed several times in a row and is left alone');
  });

  it('[C9] an overloaded model is passed over while another model of its provider answers', async () => {
    const fake = await bed.upstream((exchange) =>
      exchange.request.body.includes('"big"') ? behaviours['error-529'](exchange) : behaviours.healthy(exchange),
    );
    const gate = await bed.gateway({
      providers: [providerConfig('a', fake.url)],
      models: [target('default', 'a', { model: 'big', fallback: ['small'] }), target('small', 'a', { model: 'small' })],
      retry: { ...retry, attempts: 0 },
    });
    for (let count = 0; count < 8; count += 1) expect((await gate.ask()).text).toBe(healthy);
    expect(fake.seen.filter(({ body }) => body.includes('"big"'))).toHaveLength(5);
    expect(gate.module.health?.()).toMatchObject({ providers: [{ available: true, circuit: 'closed', overloaded: ['big'] }] });
  });

  it('[C9] [C12] does not stand between a client and the provider its own credential is for, when there is no other', async () => {
    const { gate, fake } = await alone(behaviours['error-503'], { retry: { ...retry, attempts: 0 } });
    for (let count = 0; count < 9; count += 1) {
      const answer = await gate.ask();
      expect([answer.status, answer.headers['x-ccproxy-error'], answer.headers['x-ccproxy-dropped']]).toEqual([503, undefined, undefined]);
    }
    expect(fake.seen).toHaveLength(9);
    expect(gate.module.health?.()).toMatchObject({ providers: [{ circuit: 'open' }] });
  });

  it('[C9] wrong requests never open it', async () => {
    const { gate, fake } = await alone(behaviours['error-400']);
    for (let count = 0; count < 30; count += 1) expect((await gate.ask()).status).toBe(400);
    expect(fake.seen).toHaveLength(30);
  });
});
