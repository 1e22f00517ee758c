import { createRedactor, type Logger } from '@ccproxy/kernel';
import { behaviours, type FakeUpstream, sendError, TokenPlace } from '@ccproxy/providers/testing';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { ProviderConfig } from '@ccproxy/config';
import { messageBody, providerConfig, target } from './testing/gateway-harness.js';
import { TestBed } from './testing/test-bed.js';

let bed: TestBed;
let place: TokenPlace;
beforeEach(() => {
  bed = new TestBed();
  place = new TokenPlace();
  place.token = 'canary-first-token';
});
afterEach(async () => {
  await bed.close();
  place.remove();
});

const withToken = (fake: FakeUpstream, argv: readonly string[], rest: Partial<ProviderConfig> = {}, required = false): ProviderConfig =>
  providerConfig('work', fake.url, {
    auth: { kind: 'oauth', source: { kind: 'command', argv, timeout: 10_000, passEnv: [] }, refresh: 3_600_000, required },
    ...rest,
  });

/** Keeps every line as JSON. */
function recorder(): { logger: Logger; lines: string[] } {
  const lines: string[] = [];
  const write = (fields: object, message: string): void =>
    void lines.push(
      JSON.stringify(fields, (_key, value: unknown) => (value instanceof Error ? [value.message, value.stack, value.cause] : value)) +
        message,
    );
  const logger: Logger = { trace: write, debug: write, info: write, warn: write, error: write, fatal: write, child: () => logger };
  return { logger, lines };
}

const healthOf = (health: Readonly<Record<string, unknown>> | undefined): unknown => health?.['providers'];

describe('a provider with a fetched token', () => {
  it('[C2][C3][F1] gets the token, and nobody else does: not on fallback, not without a gateway token', async () => {
    const [work, other] = [await bed.upstream(behaviours['error-503']), await bed.upstream()];
    const { ask, token } = await bed.gateway({
      providers: [withToken(work, place.command()), providerConfig('other', other.url)],
      models: [target('default', 'work', { fallback: ['other'] }), target('other', 'other')],
    });
    expect((await ask()).status).toBe(401);
    const answer = await ask({ headers: { 'x-ccproxy-token': token } });
    expect(answer.headers).toMatchObject({ 'x-ccproxy-target': 'other' });
    expect(work.last.headers.authorization).toBe('Bearer canary-first-token');
    expect(JSON.stringify(other.seen.map(({ rawHeaders, body }) => [rawHeaders, body.toString()]))).not.toContain('canary');
  });

  it('[C3] 50 requests at once after a rotation: one run of the command, 50 answers, one row and one attempt each', async () => {
    let valid = 'canary-first-token';
    const fake = await bed.upstream((exchange) =>
      exchange.request.headers.authorization === `Bearer ${valid}`
        ? behaviours.healthy(exchange)
        : sendError(exchange, 401, 'authentication_error', 'expired'),
    );
    const { ask, token, ledger } = await bed.gateway({
      providers: [withToken(fake, place.command())],
      models: [target('default', 'work')],
    });
    await ask({ headers: { 'x-ccproxy-token': token } });
    valid = 'canary-second-token';
    place.token = valid;
    const answers = await Promise.all(Array.from({ length: 50 }, () => ask({ headers: { 'x-ccproxy-token': token } })));
    expect(answers.map(({ status, headers }) => [status, headers['x-ccproxy-attempts']])).toEqual(answers.map(() => [200, '1']));
    expect(place.runs).toBe(2);
    expect(ledger.rows).toHaveLength(51);
  });

  it('[C3] a source that is missing or fails makes the provider unavailable with the reason; the rest serves, and the fallback is taken', async () => {
    const [work, other] = [await bed.upstream(), await bed.upstream()];
    const { ask, token, module } = await bed.gateway({
      providers: [withToken(work, ['no-such-program-of-ccproxy']), providerConfig('other', other.url)],
      models: [target('default', 'work', { fallback: ['other'] }), target('other', 'other')],
    });
    await module.start?.();
    await expect
      .poll(() => healthOf(module.health?.()))
      .toContainEqual(expect.objectContaining({ name: 'work', available: false, reason: 'its oauth.command cannot be run (ENOENT)' }));
    const answer = await ask({ headers: { 'x-ccproxy-token': token } });
    expect([answer.status, answer.headers['x-ccproxy-target']]).toEqual([200, 'other']);
    expect(work.seen).toHaveLength(0);
  });

  it('[C3] required: true refuses to start without the token, with the reason', async () => {
    const fake = await bed.upstream();
    const failing = await bed.gateway({ providers: [withToken(fake, ['false'], {}, true)], models: [target('default', 'work')] });
    await expect(failing.module.start?.()).rejects.toMatchObject({
      code: 'CCP_PROVIDER_REQUIRED',
      exitCode: 2,
      message: 'provider "work" needs a token: its oauth.command ended with exit code 1',
    });
    const unset = await bed.gateway({
      providers: [withToken(fake, [''], { unavailable: 'environment variable X is not set' }, true)],
      models: [target('default', 'work')],
    });
    await expect(unset.module.start?.()).rejects.toMatchObject({ message: expect.stringContaining('environment variable X is not set') });
    const good = await bed.gateway({ providers: [withToken(fake, place.command(), {}, true)], models: [target('default', 'work')] });
    await good.module.start?.();
    expect(place.runs).toBe(1);
  });

  it('[C3][F1] rows 24 and 32: the token is in no log, error, health, metric, decision or row, and not in a body that goes out', async () => {
    const fake = await bed.upstream((exchange) =>
      sendError(exchange, 401, 'authentication_error', `no: ${String(exchange.request.headers.authorization)}`),
    );
    const { logger, lines } = recorder();
    const redactor = createRedactor();
    const leak = place.command('echo canary-on-stderr-token >&2');
    const gateway = await bed.gateway({
      providers: [withToken(fake, leak)],
      models: [target('default', 'work')],
      logger,
      deps: { secrets: redactor },
    });
    await gateway.module.start?.();
    const headers = { 'x-ccproxy-token': gateway.token };
    await gateway.ask({ headers });
    place.token = 'canary-second-token';
    const body = messageBody({ messages: [{ role: 'user', content: 'my token is canary-first-token' }] });
    const answer = await gateway.ask({ headers, body });
    const count = await gateway.ask({ headers, path: '/v1/messages/count_tokens' });
    expect([answer.status, count.status]).toEqual([401, 401]);
    const seen = [
      answer.text,
      count.text,
      JSON.stringify([answer.headers, count.headers]),
      ...lines,
      JSON.stringify(gateway.lines),
      JSON.stringify(gateway.ledger.rows),
      JSON.stringify(gateway.module.health?.()),
      await gateway.metricsText(),
      ...fake.seen.map((request) => request.body.toString()),
    ];
    expect(seen.filter((text) => text.includes('canary'))).toEqual([]);
    expect(answer.text).toContain('no: Bearer ****');
    expect(redactor.redact('x canary-first-token')).toBe('x ****');
    expect(lines.length).toBeGreaterThan(0);
  });
});
