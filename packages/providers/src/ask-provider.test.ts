import { silentLogger, systemClock } from '@ccproxy/kernel';
import { afterEach, describe, expect, it } from 'vitest';
import { askProvider } from './ask-provider.js';
import { createProvider } from './create-provider.js';
import { type Behaviour, FakeUpstream } from './testing/fake-upstream.js';

const open: FakeUpstream[] = [];
afterEach(() => Promise.all(open.splice(0).map((fake) => fake.close())));

const ask = async (behaviour: Behaviour, signal: AbortSignal = new AbortController().signal) => {
  const fake = await FakeUpstream.listen(behaviour);
  open.push(fake);
  const timeouts = { connect: 1000, firstByte: 5000, idle: 5000, total: 10_000 };
  const provider = createProvider(
    { name: 'p', type: 'anthropic', baseUrl: fake.url, auth: { kind: 'none' }, timeouts, unavailable: undefined },
    { clock: systemClock, logger: silentLogger, egress: { proxy: 'none', ca: [], env: {} }, random: Math.random },
  );
  const request = { method: 'GET', path: '/v1/models', clientHeaders: {}, body: undefined, stream: false };
  return { fake, answer: askProvider(provider, request, signal) };
};

describe('askProvider', () => {
  it('gives status and document; a body that is none is undefined', async () => {
    const good = await ask(({ response }) => void response.writeHead(200).end('{"a":1}'));
    expect(await good.answer).toEqual({ status: 200, body: { a: 1 } });
    const bad = await ask(({ response }) => void response.writeHead(500).end('oops'));
    expect(await bad.answer).toEqual({ status: 500, body: undefined });
  });

  it('[F1] row 62: rejects with the coded error of the call, also for an answer without end', async () => {
    const broken = await ask(({ socket }) => void socket.resetAndDestroy());
    await expect(broken.answer).rejects.toMatchObject({ code: 'CCP_UPSTREAM_RESET' });
    const endless = await ask(({ response }) => {
      response.writeHead(200);
      response.write(Buffer.alloc(5 * 1024 * 1024, 'x'));
    });
    await expect(endless.answer).rejects.toMatchObject({ code: 'CCP_UPSTREAM_TOO_LARGE' });
    await expect.poll(() => endless.fake.open).toBe(0);
  });

  it('stops when it is told to, before and after it began', async () => {
    const stop = new AbortController();
    const hanging = await ask(() => undefined, stop.signal);
    await expect.poll(() => hanging.fake.seen.length).toBe(1);
    stop.abort(new Error('enough'));
    await expect(hanging.answer).rejects.toThrow('enough');
    await expect.poll(() => hanging.fake.open).toBe(0);
    const late = await ask(() => undefined, stop.signal);
    await expect(late.answer).rejects.toThrow('enough');
    expect(late.fake.seen).toHaveLength(0);
  });
});
