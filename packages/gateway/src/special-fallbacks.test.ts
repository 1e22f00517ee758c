import type { RetryConfig } from '@ccproxy/config';
import { type Behaviour, messageFrames, sendError } from '@ccproxy/providers/testing';
import { afterEach, describe, expect, it } from 'vitest';
import { messageBody, providerConfig, target } from './testing/gateway-harness.js';
import { TestBed } from './testing/test-bed.js';

const bed = new TestBed();
afterEach(() => bed.close());

const healthy = messageFrames().join('');
const retry: Partial<RetryConfig> = { attempts: 2, baseDelay: 5, maxDelay: 2000, breaker: { failures: 5, open: 10_000 } };

describe('kinds of fallback', () => {
  const overflow: Behaviour = (exchange) => sendError(exchange, 400, 'invalid_request_error', 'prompt is too long: 9 tokens > 8 maximum');
  const blocked: Behaviour = (exchange) => sendError(exchange, 400, 'invalid_request_error', 'Output blocked by content filtering policy');

  it.each([
    ['contextWindow', overflow],
    ['contentPolicy', blocked],
  ] as const)('[C9] %s has targets of its own', async (kind, behaviour) => {
    const [first, general, special] = [await bed.upstream(behaviour), await bed.upstream(), await bed.upstream()];
    const fallbackOn = { contextWindow: [], contentPolicy: [], [kind]: ['special'] };
    const decisions: unknown[] = [];
    const gate = await bed.gateway({
      providers: [providerConfig('a', first.url), providerConfig('b', general.url), providerConfig('c', special.url)],
      models: [target('default', 'a', { model: 'm', fallback: ['general'], fallbackOn }), target('general', 'b'), target('special', 'c')],
      retry,
      deps: { decisions: { record: (make) => decisions.push(make()), recent: () => Promise.resolve([]) } },
    });
    const answer = await gate.ask();
    expect(answer.text).toBe(healthy);
    expect(answer.headers).toMatchObject({ 'x-ccproxy-target': 'special', 'x-ccproxy-attempts': '2' });
    expect([first.seen.length, general.seen.length, special.last.body.toString()]).toEqual([1, 0, messageBody()]);
    await expect.poll(() => JSON.stringify(decisions)).toContain(`fallbackOn.${kind} of target default`);
  });

  it('[C9] without them the client gets the provider’s wording, which makes it compact', async () => {
    const spare = await bed.upstream();
    const first = await bed.upstream(overflow);
    const gate = await bed.gateway({
      providers: [providerConfig('a', first.url), providerConfig('b', spare.url)],
      models: [target('default', 'a', { fallback: ['spare'] }), target('spare', 'b')],
      retry,
    });
    const answer = await gate.ask();
    expect([answer.status, answer.json()['error']]).toEqual([
      400,
      { type: 'invalid_request_error', message: 'prompt is too long: 9 tokens > 8 maximum' },
    ]);
    expect(spare.seen).toEqual([]);
  });

  it('[C9] a circle of them ends, and a caller without a token reaches none that spends a key', async () => {
    const fake = await bed.upstream(overflow);
    const on = (name: string) => ({ fallbackOn: { contextWindow: [name], contentPolicy: [] } });
    const circle = await bed.gateway({
      providers: [providerConfig('a', fake.url)],
      models: [target('default', 'a', on('b')), target('b', 'a', on('default'))],
      retry,
    });
    expect((await circle.ask()).status).toBe(400);
    expect(fake.seen).toHaveLength(2);
    const keyed = await bed.upstream();
    const gate = await bed.gateway({
      providers: [providerConfig('a', fake.url), providerConfig('k', keyed.url, { auth: { kind: 'apiKey', value: 'key-keyed' } })],
      models: [target('default', 'a', on('big')), target('big', 'k')],
      retry,
    });
    expect((await gate.ask()).status).toBe(400);
    expect(keyed.seen).toEqual([]);
    expect((await gate.ask({ headers: { 'x-ccproxy-token': gate.token } })).text).toBe(healthy);
  });
});
