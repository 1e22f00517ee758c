import type { ProviderConfig } from '@ccproxy/config';
import { silentLogger, systemClock } from '@ccproxy/kernel';
import { afterEach, describe, expect, it } from 'vitest';
import { createProvider } from '../create-provider.js';
import type { Provider } from '../provider.js';
import { collect } from '../testing/collect.js';
import { dialectHead, dialects } from '../testing/dialect.js';
import { FakeUpstream } from '../testing/fake-upstream.js';

const undo: (() => Promise<unknown>)[] = [];
afterEach(async () => {
  for (const step of undo.splice(0)) await step();
});

const request = {
  method: 'POST',
  path: '/v1/messages',
  clientHeaders: {},
  body: Buffer.from('{"model":"m","max_tokens":9,"stream":true,"messages":[{"role":"user","content":"hi"}]}'),
  stream: true,
};
const timeouts = { connect: 5000, firstByte: 20_000, idle: 20_000, total: 60_000 };

/** A provider whose message is complete, and which ends its answer later, or never. */
async function lateEnd(type: ProviderConfig['type'], endLater: boolean): Promise<{ fake: FakeUpstream; provider: Provider }> {
  const dialect = dialects.find((each) => each.type === type);
  if (dialect === undefined) throw new Error(`no dialect ${type}`);
  const fake = await FakeUpstream.listen((exchange) => {
    dialectHead(exchange, dialect);
    exchange.response.write(dialect.frames.join(''));
    if (endLater) setTimeout(() => exchange.response.end(), 20);
  });
  const config = { name: 'p', type, baseUrl: fake.url, auth: { kind: 'none' }, timeouts, unavailable: undefined } as const;
  const egress = { proxy: 'none', ca: [], env: {} };
  const provider = createProvider(config, { clock: systemClock, logger: silentLogger, egress, random: Math.random });
  undo.push(
    () => fake.close(),
    () => provider.close(),
  );
  return { fake, provider };
}

describe('the end of a translated stream', () => {
  it('[C12] leaves the connection to the next request when the provider ends its answer a little later', async () => {
    const { fake, provider } = await lateEnd('openai', true);
    for (let turn = 1; turn <= 3; turn += 1) {
      const got = collect(provider, request);
      await got.settled;
      // What the gateway does when its client has the whole answer.
      got.call.abort();
      expect([got.error, got.text().includes('message_stop')]).toEqual([undefined, true]);
      await expect.poll(() => fake.last.state).toBe('finished');
    }
    expect([fake.seen.length, fake.connections]).toEqual([3, 1]);
  });

  it('[C12] is whole when the connection breaks behind the message, and broken when it breaks before', async () => {
    const dialect = dialects.find(({ type }) => type === 'openai-responses');
    if (dialect === undefined) throw new Error('no dialect');
    for (const [frames, whole] of [
      [dialect.frames, true],
      [dialect.frames.slice(0, -2), false],
    ] as const) {
      const { fake, provider } = await lateEnd('openai-responses', false);
      fake.behaviour = (exchange) => {
        dialectHead(exchange, dialect);
        exchange.response.write(frames.join(''), () => setTimeout(() => exchange.socket.destroy(), 50));
      };
      const got = collect(provider, request);
      await got.settled;
      expect([got.error === undefined, got.text().includes('message_stop')]).toEqual([whole, whole]);
    }
  });

  it.for(['openai', 'openai-responses'] as const)('[C12] of %s ends also when the provider never ends its answer', async (type) => {
    const { fake, provider } = await lateEnd(type, false);
    const got = collect(provider, request);
    await got.settled;
    expect(got.text()).toContain('message_stop');
    await expect.poll(() => fake.last.state, { timeout: 20_000 }).toBe('aborted');
  });
});
