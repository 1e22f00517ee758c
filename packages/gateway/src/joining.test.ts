import { setTimeout as sleep } from 'node:timers/promises';
import { type Behaviour, behaviours, messageDocument, messageFrames, streamHead } from '@ccproxy/providers/testing';
import { afterEach, describe, expect, it } from 'vitest';
import { answerOf, type Ask, type Gateway, messageBody, providerConfig, target } from './testing/gateway-harness.js';
import { listen, stepped } from './testing/stepped.js';
import { TestBed } from './testing/test-bed.js';

const bed = new TestBed();
afterEach(() => bed.close());

const session = { 'x-claude-code-session-id': '0b9a3f0e-0000-4000-8000-000000000000' };
const frames = messageFrames();
const whole = frames.join('');

/** A client that asks and shows what it got so far. */
const client = (gate: Gateway, ask: Ask = {}) => {
  const request = gate.open({ headers: session, ...ask });
  const seen = { text: '', headers: {} as Record<string, unknown>, ended: false };
  request.once('response', (message) => {
    seen.headers = message.headers;
    message.on('data', (chunk: Buffer) => (seen.text += chunk.toString()));
    message.on('end', () => (seen.ended = true));
    message.on('error', () => {});
  });
  return { request, seen };
};
/** Two requests, the second sent when the first has reached the provider. */
const twice = async (first: Ask, second: Ask, behaviour: Behaviour = behaviours['slow-first-byte']) => {
  const fake = await bed.upstream(behaviour);
  const gate = await bed.passthrough(fake);
  const one = gate.ask({ headers: session, ...first });
  await expect.poll(() => fake.seen.length).toBe(1);
  const two = gate.ask({ headers: session, ...second });
  return { fake, gate, answers: await Promise.all([one, two]) };
};

describe('a repeated request', () => {
  it('[C20] that comes before the answer begins gets the same answer; the provider is asked once, and one row is written', async () => {
    const { fake, gate, answers } = await twice({}, {});
    expect(answers.map(({ text }) => text)).toEqual([whole, whole]);
    expect(fake.seen).toHaveLength(1);
    expect(gate.ledger.rows).toHaveLength(1);
    const [first, second] = answers;
    expect(second?.headers['x-ccproxy-joined']).toBe(first?.headers['x-ccproxy-request-id']);
    expect(second?.headers['x-ccproxy-request-id']).not.toBe(first?.headers['x-ccproxy-request-id']);
    expect(first?.headers['x-ccproxy-joined']).toBeUndefined();
    await expect.poll(() => gate.lines.map(({ outcome }) => outcome).toSorted()).toEqual(['joined', 'ok']);
    expect(await gate.metricsText()).toContain('ccproxy_gateway_requests_total{target="default",outcome="joined"} 1');
  });

  it('[C20] that is no stream gets the same document, and an error the same error', async () => {
    const body = messageBody({ stream: false });
    const document = await twice({ body }, { body });
    expect(document.answers.map(({ text }) => text)).toEqual([messageDocument(), messageDocument()]);
    expect(document.fake.seen).toHaveLength(1);
    const failing = await twice({}, {}, async (exchange) => {
      await sleep(150);
      return behaviours['error-529'](exchange);
    });
    expect(failing.answers.map(({ status }) => status)).toEqual([529, 529]);
    expect(failing.fake.seen).toHaveLength(1);
  });

  it('[C20] in mid-stream gets the answer from its beginning', async () => {
    const { gate, fake, arrived } = await stepped(bed);
    const one = client(gate);
    const exchange = await arrived;
    streamHead(exchange);
    exchange.response.write(frames.slice(0, 4).join(''));
    await expect.poll(() => one.seen.text).toBe(frames.slice(0, 4).join(''));
    const two = client(gate);
    await expect.poll(() => two.seen.text).toBe(one.seen.text);
    exchange.response.end(frames.slice(4).join(''));
    await expect.poll(() => [one.seen.ended, two.seen.ended]).toEqual([true, true]);
    expect([one.seen.text, two.seen.text]).toEqual([whole, whole]);
    expect(fake.seen).toHaveLength(1);
  });

  it('[C20] keeps the answer when the first connection is gone, and the provider is left only when the last is', async () => {
    const { gate, fake, arrived } = await stepped(bed);
    const one = client(gate);
    const exchange = await arrived;
    const two = client(gate);
    await expect.poll(() => gate.lines.length === 0 && gate.module.health?.()['active']).toBe(1);
    await sleep(50);
    one.request.destroy();
    await sleep(50);
    expect(fake.last.state).toBe('open');
    streamHead(exchange);
    exchange.response.write(frames.slice(0, 4).join(''));
    await expect.poll(() => two.seen.text).toBe(frames.slice(0, 4).join(''));
    const three = client(gate);
    await expect.poll(() => three.seen.text).toBe(two.seen.text);
    three.request.destroy();
    await sleep(50);
    expect(fake.last.state).toBe('open');
    exchange.response.write(frames[4] ?? '');
    await expect.poll(() => two.seen.text).toBe(frames.slice(0, 5).join(''));
    two.request.destroy();
    await expect.poll(() => fake.last.state).toBe('aborted');
    await expect.poll(() => gate.ledger.rows).toMatchObject([{ outcome: 'aborted', usage: { inputTokens: 25 } }]);
    expect(gate.module.health?.()).toMatchObject({ active: 0 });
  });

  it('[C20] is not held back by a first connection that does not read any more', async () => {
    const piece = Buffer.alloc(256 * 1024, 'x').toString();
    const delta = `event: content_block_delta\ndata: {"type":"content_block_delta","index":0,"delta":{"type":"text_delta","text":"${piece}"}}\n\n`;
    const { gate, arrived } = await stepped(bed);
    const stuck = gate.open({ headers: session });
    stuck.once('response', (message) => message.pause());
    const exchange = await arrived;
    const two = client(gate);
    await sleep(50);
    streamHead(exchange);
    exchange.response.write(frames.slice(0, 3).join(''));
    for (let count = 0; count < 40; count += 1) exchange.response.write(delta);
    exchange.response.end(frames.slice(-3).join(''));
    await expect.poll(() => two.seen.ended, { timeout: 20_000 }).toBe(true);
    expect(two.seen.text.length).toBe(frames.slice(0, 3).join('').length + 40 * delta.length + frames.slice(-3).join('').length);
    stuck.destroy();
  });

  it('[C20] of an SDK says so by its count, before the answer begins', async () => {
    const { fake } = await twice({ headers: {} }, { headers: { 'x-stainless-retry-count': '1' } });
    expect(fake.seen).toHaveLength(1);
  });

  it('[C20] to a target with a model of its own is recognised by the bytes the client sent', async () => {
    const fake = await bed.upstream(behaviours['slow-first-byte']);
    const gate = await bed.gateway({ providers: [providerConfig('a', fake.url)], models: [target('default', 'a', { model: 'x' })] });
    const one = gate.ask({ headers: session });
    await expect.poll(() => fake.seen.length).toBe(1);
    const two = gate.ask({ headers: session });
    expect([(await one).text, (await two).text]).toEqual([whole, whole]);
    expect(fake.seen).toHaveLength(1);
    expect(JSON.parse(fake.last.body.toString())).toMatchObject({ model: 'x' });
  });
});

describe('another request', () => {
  it.each<[string, Ask, Ask]>([
    ['has other bytes', { body: messageBody({ mark: 1 }) }, { body: messageBody({ mark: 2 }) }],
    ['names another model of the same length', { body: messageBody({ model: 'claude-x' }) }, { body: messageBody({ model: 'claude-y' }) }],
    ['has another credential', {}, { headers: { ...session, authorization: 'Bearer sk-ant-other1' } }],
    ['belongs to another session', {}, { headers: { 'x-claude-code-session-id': '0b9a3f0e-0000-4000-8000-000000000001' } }],
    ['belongs to another agent', {}, { headers: { ...session, 'x-claude-code-agent-id': 'agent-2' } }],
    ['asks for another beta', {}, { headers: { ...session, 'anthropic-beta': 'other-2026-01-01' } }],
    ['asks another path', {}, { path: '/v1/messages?beta=false' }],
    ['names no session and counts no repetition, so that it may be meant as a second one', { headers: {} }, { headers: {} }],
  ])('[C20] is asked for itself when it %s', async (_, first, second) => {
    const { fake, answers } = await twice(first, second);
    expect(answers.map(({ text }) => text)).toEqual([whole, whole]);
    expect(fake.seen).toHaveLength(2);
  });

  it('[C20] with another token of the gateway is asked for itself', async () => {
    const fake = await bed.upstream(behaviours['slow-first-byte']);
    const gate = await bed.passthrough(fake);
    const one = gate.ask({ headers: { ...session, 'x-ccproxy-token': gate.token } });
    await expect.poll(() => fake.seen.length).toBe(1);
    await Promise.all([one, gate.ask({ headers: session })]);
    expect(fake.seen).toHaveLength(2);
  });

  it('[C20] after the first was answered is asked for itself, and so is one when joining is off', async () => {
    const { gate, fake } = await twice({}, {});
    await gate.ask({ headers: session });
    expect(fake.seen).toHaveLength(2);
    const other = await bed.upstream(behaviours['slow-first-byte']);
    const off = await bed.passthrough(other, { retry: { join: false } });
    const one = off.ask({ headers: session });
    await expect.poll(() => other.seen.length).toBe(1);
    await Promise.all([one, off.ask({ headers: session })]);
    expect(other.seen).toHaveLength(2);
  });

  it('[C20] of a stream that has sent much is asked for itself: what is kept is bounded', async () => {
    const { gate, fake, arrived } = await stepped(bed);
    const { seen } = listen(gate);
    const exchange = await arrived;
    exchange.response.destroy();
    await expect.poll(() => seen.status).toBe(502);
    fake.behaviour = (next) => {
      streamHead(next);
      next.response.write(frames.slice(0, 3).join('') + frames.slice(3, 4).join('').repeat(400));
    };
    const one = client(gate);
    await expect.poll(() => one.seen.text.length).toBeGreaterThan(32 * 1024);
    const two = client(gate);
    await expect.poll(() => fake.seen.length).toBe(3);
    one.request.destroy();
    two.request.destroy();
  });

  it('[C20] beyond five connections of one answer is asked for itself', async () => {
    const release = Promise.withResolvers<void>();
    const fake = await bed.upstream(async (exchange) => {
      await release.promise;
      return behaviours.healthy(exchange);
    });
    const gate = await bed.passthrough(fake);
    const first = answerOf(gate.open({ headers: session }));
    await expect.poll(() => fake.seen.length).toBe(1);
    const others = Array.from({ length: 5 }, () => gate.ask({ headers: session }));
    await expect.poll(() => fake.seen.length).toBe(2);
    release.resolve();
    expect((await Promise.all([first, ...others])).map(({ text }) => text)).toEqual(Array.from({ length: 6 }, () => whole));
    expect(fake.seen).toHaveLength(2);
  });
});
