import { setTimeout as sleep } from 'node:timers/promises';
import { FakeClock } from '@ccproxy/kernel/testing';
import {
  behaviours,
  errorEvent,
  type Exchange as Upstream,
  FakeUpstream,
  messageFrames,
  sendError,
  streamHead,
} from '@ccproxy/providers/testing';
import { afterEach, describe, expect, it } from 'vitest';
import { checkStream } from './testing/check-stream.js';
import {
  answerOf,
  type Gateway,
  type HarnessOptions,
  messageBody,
  providerConfig,
  startGateway,
  target,
} from './testing/gateway-harness.js';

const timeouts = { connect: 1e6, firstByte: 1e6, idle: 1e6, total: 1e7 };
const PING = 'event: ping\ndata: {"type": "ping"}\n\n';
const open: { close(): Promise<void> }[] = [];
afterEach(async () => {
  for (const each of open.splice(0).toReversed()) await each.close();
});
const keep = async <Item extends { close(): Promise<void> }>(item: Promise<Item>): Promise<Item> => {
  const made = await item;
  open.push(made);
  return made;
};

/** A gateway on a clock of its own whose provider does what the test tells it, step by step. */
const stepped = async (options: Partial<HarnessOptions> = {}, extra: readonly FakeUpstream[] = []) => {
  const clock = new FakeClock();
  const arrived = Promise.withResolvers<Upstream>();
  const fake = await keep(FakeUpstream.listen((exchange) => arrived.resolve(exchange)));
  const all = [fake, ...extra];
  const gate: Gateway = await keep(
    startGateway({
      providers: all.map((each, index) => providerConfig(`p${index}`, each.url, { timeouts })),
      models: [
        target('default', 'p0', { fallback: all.slice(1).map((_, index) => `t${index + 1}`) }),
        ...all.slice(1).map((_, index) => target(`t${index + 1}`, `p${index + 1}`)),
      ],
      clock,
      ...options,
    }),
  );
  return { clock, fake, gate, arrived: arrived.promise };
};

/** What has reached the client so far. */
const listen = (gate: Gateway, body = messageBody()) => {
  const request = gate.open({ body });
  const seen = { text: '', status: 0, headers: {} as Record<string, unknown>, ended: false };
  request.once('response', (message) => {
    seen.status = message.statusCode ?? 0;
    seen.headers = message.headers;
    message.on('data', (chunk: Buffer) => {
      seen.text += chunk.toString();
    });
    message.on('end', () => {
      seen.ended = true;
    });
    message.on('error', () => {});
  });
  return { request, seen };
};

const settleIo = () => sleep(60);

describe('commit point', () => {
  it('[C9] holds status and message_start until the first content', async () => {
    const { gate, arrived } = await stepped();
    const { seen } = listen(gate);
    const exchange = await arrived;
    const [start = '', block = '', ...rest] = messageFrames();
    streamHead(exchange);
    exchange.response.write(start);
    await settleIo();
    expect(seen).toMatchObject({ status: 0, text: '' });
    exchange.response.write(block);
    await expect.poll(() => seen.text).toBe(start + block);
    exchange.response.end(rest.join(''));
    await expect.poll(() => seen.ended).toBe(true);
    expect(seen.text).toBe(messageFrames().join(''));
  });

  it('[C9] message_start goes out after 2 s without content', async () => {
    const { gate, arrived, clock } = await stepped();
    const { seen } = listen(gate);
    const exchange = await arrived;
    const [start = '', ...rest] = messageFrames();
    streamHead(exchange);
    exchange.response.write(start);
    await settleIo();
    clock.advance(1999);
    await settleIo();
    expect(seen.text).toBe('');
    clock.advance(1);
    await expect.poll(() => seen.text).toBe(start);
    exchange.response.end(rest.join(''));
    await expect.poll(() => seen.ended).toBe(true);
  });

  it('[C9] no fallback once the start has been sent', async () => {
    const spare = await keep(FakeUpstream.listen(behaviours.healthy));
    const { gate, arrived, clock } = await stepped({}, [spare]);
    const { seen } = listen(gate);
    const exchange = await arrived;
    streamHead(exchange);
    exchange.response.write(messageFrames()[0] ?? '');
    await settleIo();
    clock.advance(2000);
    await expect.poll(() => seen.status).toBe(200);
    exchange.response.end(errorEvent());
    await expect.poll(() => seen.ended).toBe(true);
    expect(seen.text).toContain(errorEvent());
    expect(spare.seen).toHaveLength(0);
  });
});

describe('silence', () => {
  it('[F1] row 54: after headHold the head and pings go out, and the answer follows', async () => {
    const { gate, arrived, clock } = await stepped();
    const { seen } = listen(gate);
    const exchange = await arrived;
    clock.advance(59_999);
    await settleIo();
    expect(seen.status).toBe(0);
    clock.advance(1);
    await expect.poll(() => seen.text).toBe(PING);
    expect(seen).toMatchObject({
      status: 200,
      headers: { 'content-type': 'text/event-stream; charset=utf-8', 'x-ccproxy-target': 'default' },
    });
    clock.advance(30_000);
    await expect.poll(() => seen.text).toBe(PING + PING + PING);
    streamHead(exchange);
    exchange.response.end(messageFrames().join(''));
    await expect.poll(() => seen.ended).toBe(true);
    expect(seen.text).toBe(PING + PING + PING + messageFrames().join(''));
    expect(checkStream(seen.text)).toEqual([]);
    expect(gate.ledger.rows).toMatchObject([{ outcome: 'ok' }]);
  });

  it('[F1] row 54: a failure after the held head is an error event, and fallback is still allowed', async () => {
    const { gate, arrived, clock } = await stepped();
    const { seen } = listen(gate);
    const exchange = await arrived;
    clock.advance(60_000);
    await expect.poll(() => seen.text).toBe(PING);
    sendError(exchange, 529, 'overloaded_error', 'Overloaded');
    await expect.poll(() => seen.ended).toBe(true);
    expect(seen.text).toContain('event: error\ndata: {"type":"error","error":{"type":"overloaded_error","message":"Overloaded"}');

    const spare = await keep(FakeUpstream.listen(behaviours.healthy));
    const second = await stepped({}, [spare]);
    const other = listen(second.gate);
    const held = await second.arrived;
    second.clock.advance(60_000);
    await expect.poll(() => other.seen.text).toBe(PING);
    held.socket.resetAndDestroy();
    await expect.poll(() => other.seen.ended).toBe(true);
    expect(other.seen.text).toBe(PING + messageFrames().join(''));
  });

  it('a document in place of the stream after the held head is an error event', async () => {
    const { gate, arrived, clock } = await stepped();
    const { seen } = listen(gate);
    const exchange = await arrived;
    clock.advance(60_000);
    await expect.poll(() => seen.text).toBe(PING);
    exchange.response.writeHead(200, { 'content-type': 'application/json' }).end('{"type":"message"}');
    await expect.poll(() => seen.ended).toBe(true);
    expect(checkStream(seen.text)).toEqual([]);
    expect(seen.text).toContain('event: error');
  });

  it('[F1] row 54: pings fill silence in mid-stream, never inside an event', async () => {
    const { gate, arrived, clock } = await stepped();
    const { seen } = listen(gate);
    const exchange = await arrived;
    const frames = messageFrames();
    const delta = frames[3] ?? '';
    streamHead(exchange);
    exchange.response.write(frames.slice(0, 3).join('') + delta.slice(0, 30));
    await expect.poll(() => seen.text).toBe(frames.slice(0, 3).join(''));
    clock.advance(15_000);
    await expect.poll(() => seen.text).toBe(frames.slice(0, 3).join('') + PING);
    exchange.response.write(delta.slice(30));
    await expect.poll(() => seen.text.length).toBe((frames.slice(0, 4).join('') + PING).length);
    clock.advance(14_000);
    await settleIo();
    exchange.response.end(frames.slice(4).join(''));
    await expect.poll(() => seen.ended).toBe(true);
    expect(seen.text).toBe(frames.slice(0, 3).join('') + PING + frames.slice(3).join(''));
    expect(clock.pending).toBe(0);
  });

  it('a document is never pinged', async () => {
    const { gate, arrived, clock } = await stepped();
    const { seen } = listen(gate, messageBody({ stream: false }));
    const exchange = await arrived;
    clock.advance(200_000);
    await settleIo();
    expect(seen.status).toBe(0);
    exchange.response.writeHead(200, { 'content-type': 'application/json' }).end('{"type":"message"}');
    await expect.poll(() => seen.text).toBe('{"type":"message"}');
  });
});

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
      const { gate, fake, arrived } = await stepped();
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
    const { gate, fake } = await stepped();
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
    const { gate, fake, arrived } = await stepped();
    const request = gate.open({ path: '/v1/files', method: 'GET' });
    await arrived;
    request.destroy();
    await expect.poll(() => fake.last.state).toBe('aborted');
    await expect.poll(() => gate.lines).toMatchObject([{ outcome: 'aborted', status: 0 }]);
  });

  it('[F1] G6: many aborts leave nothing open', async () => {
    const { gate, fake } = await stepped();
    fake.behaviour = behaviours['hang-midway'];
    const count = 60 * Number(process.env['CCPROXY_TEST_SCALE'] ?? 1);
    for (let index = 0; index < count; index += 20) {
      const requests = Array.from({ length: 20 }, () => gate.open());
      await sleep(index % 3 === 0 ? 0 : 20);
      for (const request of requests) request.destroy();
    }
    await expect.poll(() => gate.ledger.totals().open, { timeout: 5000 }).toBe(0);
    await expect.poll(() => fake.open, { timeout: 5000 }).toBe(0);
    expect(gate.module.health?.()).toMatchObject({ active: 0 });
  });
});

describe('drain', () => {
  it('[F1] row 74: waits for answers, and tells clients when the time is up', async () => {
    const { gate, arrived, clock } = await stepped();
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
    const { gate, arrived } = await stepped();
    const pending = answerOf(gate.open());
    const file = answerOf(gate.open({ path: '/v1/files', method: 'GET' }));
    await arrived;
    await settleIo();
    await gate.module.drain?.(AbortSignal.abort());
    expect((await pending).status).toBe(503);
    expect((await file).status).toBe(503);
  });

  it('ends at once when nothing is live', async () => {
    const { gate } = await stepped();
    await expect(gate.module.drain?.(new AbortController().signal)).resolves.toBeUndefined();
  });
});
