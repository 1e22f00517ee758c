import { setTimeout as sleep } from 'node:timers/promises';
import { behaviours, type Exchange as Upstream, type FakeUpstream, messageFrames, streamHead } from '@ccproxy/providers/testing';
import { afterEach, describe, expect, it } from 'vitest';
import { checkStream } from './testing/check-stream.js';
import { answerOf, messageBody } from './testing/gateway-harness.js';
import { listen, stepped } from './testing/stepped.js';
import { TestBed } from './testing/test-bed.js';

const bed = new TestBed();
afterEach(() => bed.close());
const settleIo = () => sleep(60);
const reached = (fake: FakeUpstream, count: number) => expect.poll(() => fake.seen.length, { interval: 5, timeout: 20_000 }).toBe(count);

describe('the client leaves', () => {
  const phases = {
    'before the head': () => undefined,
    'after the head': (exchange: Upstream) => streamHead(exchange),
    'in mid-stream': (exchange: Upstream) => {
      streamHead(exchange);
      exchange.response.write(messageFrames().slice(0, 4).join(''));
    },
    'in a document': (exchange: Upstream) => {
      exchange.response.writeHead(200, { 'content-type': 'application/json' });
      exchange.response.write('{"type":"mes');
    },
  } as const;

  it.each(Object.entries(phases))(
    '[F1] row 52: %s the provider is disconnected within 250 ms and the row is `aborted`',
    async (name, act) => {
      const { gate, fake, arrived } = await stepped(bed);
      const { request } = listen(gate, messageBody({ stream: name !== 'in a document' }));
      const exchange = await arrived;
      act(exchange);
      await settleIo();
      const left = performance.now();
      request.destroy();
      await expect.poll(() => fake.last.state, { interval: 5 }).toBe('aborted');
      expect(fake.last.endedAt - left).toBeLessThan(250);
      await expect.poll(() => gate.ledger.rows[0]?.outcome).toBe('aborted');
      expect(gate.ledger.rows[0]?.usage?.inputTokens).toBe(name === 'in mid-stream' ? 25 : undefined);
      await expect.poll(() => gate.lines).toMatchObject([{ outcome: 'aborted' }]);
      expect(gate.module.health?.()).toMatchObject({ active: 0 });
    },
  );

  it('[F1] row 52: while the row is being opened, the provider is never contacted', async () => {
    const { gate, fake } = await stepped(bed);
    const written = Promise.withResolvers<() => void>();
    gate.ledger.intercept = (kind, done) => (kind === 'open' ? written.resolve(done) : setImmediate(done));
    const { request } = listen(gate);
    const done = await written.promise;
    request.destroy();
    await expect.poll(() => gate.ledger.rows[0]?.outcome).toBe('aborted');
    done();
    await settleIo();
    expect(fake.seen).toHaveLength(0);
  });

  it('[F1] row 52: also when a passed-through endpoint is slow', async () => {
    const { gate, fake, arrived } = await stepped(bed);
    const request = gate.open({ path: '/v1/files', method: 'GET' });
    await arrived;
    request.destroy();
    await expect.poll(() => fake.last.state).toBe('aborted');
    await expect.poll(() => gate.lines).toMatchObject([{ outcome: 'aborted', status: 0 }]);
  });

  const many = 100 * Number(process.env['CCPROXY_TEST_SCALE'] ?? 1);
  it.each([
    ['before the first byte', 'hang-before-head', true],
    ['in mid-stream', 'hang-midway', true],
    ['in a document', 'hang-midway', false],
  ] as const)('[F1] [A8] G6: hundreds of aborts %s leave no request and no connection open', async (_, name, stream) => {
    const fake = await bed.upstream(behaviours[name]);
    const gate = await bed.passthrough(fake);
    for (let index = 0; index < many; index += 25) {
      const before = fake.seen.length;
      const requests = Array.from({ length: 25 }, () => gate.open({ body: messageBody({ stream }) }));
      // Some are aborted while they are on their way, the others when all have arrived.
      await (index % 50 === 0 ? reached(fake, before + 25) : undefined);
      for (const request of requests) request.destroy();
    }
    await expect.poll(() => gate.ledger.totals().open, { timeout: 20_000 }).toBe(0);
    await expect.poll(() => [fake.open, fake.openConnections], { timeout: 20_000 }).toEqual([0, 0]);
    expect(gate.module.health?.()).toMatchObject({ active: 0 });
    expect(new Set(gate.ledger.rows.map(({ outcome }) => outcome))).toEqual(new Set(['aborted']));
    fake.behaviour = behaviours.healthy;
    expect((await gate.ask()).text).toBe(messageFrames().join(''));
  });
});

describe('drain', () => {
  it('[F1] row 74: waits for answers, and tells clients when the time is up', async () => {
    const { gate, arrived, clock } = await stepped(bed);
    const { seen } = listen(gate);
    const exchange = await arrived;
    streamHead(exchange);
    exchange.response.write(messageFrames().slice(0, 4).join(''));
    await expect.poll(() => seen.text.length).toBeGreaterThan(0);
    const deadline = new AbortController();
    const drained = gate.module.drain?.(deadline.signal);
    clock.advance(100);
    await settleIo();
    expect(seen.ended).toBe(false);
    deadline.abort();
    await drained;
    await expect.poll(() => seen.ended).toBe(true);
    expect(checkStream(seen.text)).toEqual([]);
    expect(seen.text).toMatch(/event: error\ndata: .*overloaded_error/);
    expect(gate.ledger.rows).toMatchObject([{ outcome: 'partial', errorCode: 'CCP_GATEWAY_STOPPING' }]);
  });

  it('[F1] row 74: a request without a head gets a 503', async () => {
    const { gate, arrived } = await stepped(bed);
    const pending = answerOf(gate.open());
    const file = answerOf(gate.open({ path: '/v1/files', method: 'GET' }));
    await arrived;
    await settleIo();
    await gate.module.drain?.(AbortSignal.abort());
    expect((await pending).status).toBe(503);
    expect((await file).status).toBe(503);
  });

  it('ends at once when nothing is live', async () => {
    const { gate } = await stepped(bed);
    await expect(gate.module.drain?.(new AbortController().signal)).resolves.toBeUndefined();
  });
});
