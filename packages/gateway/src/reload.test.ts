import { behaviours, messageFrames, streamHead, TokenPlace } from '@ccproxy/providers/testing';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { answerOf, gatewayConfig, type HarnessOptions, providerConfig, target } from './testing/gateway-harness.js';
import { TestBed } from './testing/test-bed.js';

const scale = Number(process.env['CCPROXY_TEST_SCALE'] ?? '1');

let bed: TestBed;
beforeEach(() => {
  bed = new TestBed();
});
afterEach(() => bed.close());

describe('a changed configuration', () => {
  it('[C14] holds for the next request; what began before ends under the old one, on connections that then close', async () => {
    const gate = Promise.withResolvers<void>();
    const frames = messageFrames();
    const old = await bed.upstream(async (exchange) => {
      streamHead(exchange);
      exchange.response.write(frames.slice(0, 4).join(''));
      await gate.promise;
      exchange.response.end(frames.slice(4).join(''));
    });
    const fresh = await bed.upstream();
    const before: HarnessOptions = { providers: [providerConfig('one', old.url)], models: [target('default', 'one')] };
    const gateway = await bed.gateway(before);
    const running = answerOf(gateway.open());
    await expect.poll(() => old.open).toBe(1);
    const prepared = await gateway.module.reload?.(
      gatewayConfig({ providers: [providerConfig('two', fresh.url)], models: [target('default', 'two', { model: 'other-model' })] }),
    );
    expect(gateway.module.health?.()).toMatchObject({ providers: [{ name: 'one' }] });
    let gone = false;
    const end = prepared?.apply().then(() => (gone = true));
    const next = await gateway.ask();
    expect([next.status, fresh.last.body.includes('other-model')]).toEqual([200, true]);
    expect(gone).toBe(false);
    expect(gateway.module.health?.()).toMatchObject({ active: 1, providers: [{ name: 'two' }], targets: [{ provider: 'two' }] });
    gate.resolve();
    const ended = await running;
    await end;
    expect([ended.status, ended.torn, ended.text.includes('message_stop')]).toEqual([200, false, true]);
    await expect.poll(() => old.openConnections).toBe(0);
    expect(fresh.openConnections).toBe(1);
  });

  it('[C14] keeps connections, tokens and circuits of providers that stay as they are', async () => {
    const place = new TokenPlace();
    place.token = 'token-that-stays';
    const fake = await bed.upstream();
    const auth = {
      kind: 'oauth',
      source: { kind: 'command', argv: place.command(), timeout: 10_000, passEnv: [] },
      refresh: 3_600_000,
      required: true,
    } as const;
    const options = (n: number): HarnessOptions => ({
      providers: [providerConfig('work', fake.url, { auth })],
      models: [target('default', 'work', { model: `model-${n}` })],
    });
    const gateway = await bed.gateway(options(0));
    await gateway.module.start?.();
    const headers = { 'x-ccproxy-token': gateway.token };
    for (let n = 1; n <= 5; n += 1) {
      await (await gateway.module.reload?.(gatewayConfig(options(n))))?.apply();
      await gateway.ask({ headers });
      expect(fake.last.body.toString()).toContain(`model-${n}`);
    }
    expect([place.runs, fake.connections]).toEqual([1, 1]);
    const changed = options(6).providers.map((each) => ({ ...each, limits: { concurrency: 3 } }));
    await (await gateway.module.reload?.(gatewayConfig({ ...options(6), providers: changed })))?.apply();
    await gateway.ask({ headers });
    expect([place.runs, fake.connections]).toEqual([2, 2]);
    await expect.poll(() => fake.openConnections).toBe(1);
    // What all providers are made with has changed, so none of them is what it was.
    const everywhere = { ...gatewayConfig({ ...options(6), providers: changed }), capabilities: [{ pattern: '*', can: { tools: false } }] };
    await (await gateway.module.reload?.(everywhere))?.apply();
    await gateway.ask({ headers });
    expect([place.runs, fake.connections]).toEqual([3, 3]);
    place.remove();
  });

  it('[A8][C14] takes along what callers have taken of their limits, also where those are others now', async () => {
    const fake = await bed.upstream();
    const options = (requestsPerMinute: number): HarnessOptions => ({
      providers: [providerConfig('anthropic', fake.url)],
      models: [target('default', 'anthropic')],
      server: { limits: { requestsPerMinute } },
    });
    const gateway = await bed.gateway(options(3));
    for (let count = 0; count < 3; count += 1) expect((await gateway.ask()).status).toBe(200);
    await (await gateway.module.reload?.(gatewayConfig(options(4))))?.apply();
    expect([(await gateway.ask()).status, (await gateway.ask()).status]).toEqual([200, 429]);
  });

  it('[C3][C14] is refused when a required token cannot be had, and leaves nothing behind', async () => {
    const fake = await bed.upstream();
    const gateway = await bed.passthrough(fake);
    const auth = {
      kind: 'oauth',
      source: { kind: 'command', argv: ['false'], timeout: 10_000, passEnv: [] },
      refresh: 3_600_000,
      required: true,
    } as const;
    const bad = gatewayConfig({ providers: [providerConfig('work', fake.url, { auth })], models: [target('default', 'work')] });
    await expect(gateway.module.reload?.(bad)).rejects.toMatchObject({ code: 'CCP_PROVIDER_REQUIRED' });
    expect((await gateway.ask()).status).toBe(200);
    expect(gateway.module.health?.()).toMatchObject({ providers: [{ name: 'anthropic' }] });
  });

  it(`[C14][F1] row 75: ${100 * scale} reloads at 50 requests a second: none fails`, async () => {
    const [one, two] = [await bed.upstream(behaviours.healthy), await bed.upstream(behaviours.healthy)];
    const config = (n: number): HarnessOptions => ({
      providers: [
        providerConfig(`p${n % 3}`, n % 2 === 0 ? one.url : two.url),
        ...(n % 5 === 0 ? [providerConfig('sometimes', one.url)] : []),
      ],
      models: [target('default', `p${n % 3}`, { model: `m${n % 7}` }), ...(n % 5 === 0 ? [target('extra', 'sometimes')] : [])],
    });
    const gateway = await bed.gateway(config(0));
    const answers: Promise<{ status: number; text: string; torn: boolean }>[] = [];
    const over = new AbortController();
    const load = (async () => {
      while (!over.signal.aborted) {
        answers.push(gateway.ask());
        await new Promise((resolve) => setTimeout(resolve, 20));
      }
    })();
    const reloads = 100 * scale;
    const gone: Promise<void>[] = [];
    for (let n = 1; n <= reloads; n += 1) {
      const prepared = await gateway.module.reload?.(gatewayConfig(config(n)));
      gone.push(prepared?.apply() ?? Promise.reject(new Error('no reload')));
      await new Promise((resolve) => setTimeout(resolve, 20));
    }
    over.abort();
    await load;
    const all = await Promise.all(answers);
    await Promise.all(gone);
    expect(all.length).toBeGreaterThan(reloads / 4);
    expect(all.filter(({ status, torn, text }) => status !== 200 || torn || !text.includes('message_stop'))).toEqual([]);
    expect(gateway.lines.filter(({ outcome }) => outcome !== 'ok')).toEqual([]);
    // Whatever was made on the way is closed again: what is open now belongs to the last configuration.
    await expect.poll(() => one.openConnections + two.openConnections).toBeLessThanOrEqual(all.length === 0 ? 0 : 4);
  });
});
