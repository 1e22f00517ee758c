import type { ProviderConfig } from '@ccproxy/config';
import { silentLogger, systemClock } from '@ccproxy/kernel';
import { describe, expect, it } from 'vitest';
import { createProvider } from './create-provider.js';
import type { Provider, ProviderRequest } from './provider.js';
import { dialects, speaks } from './testing/dialect.js';
import { FakeUpstream } from './testing/fake-upstream.js';
import { faultContract } from './testing/fault-contract.js';
import { providerContract } from './testing/provider-contract.js';

const timeouts = { connect: 5000, firstByte: 20_000, idle: 20_000, total: 60_000 };
const deps = { clock: systemClock, logger: silentLogger, egress: { proxy: 'none', ca: [], env: {} }, random: Math.random };

const make = (type: ProviderConfig['type'], baseUrl: string): Provider =>
  createProvider({ name: 'p', type, baseUrl, auth: { kind: 'apiKey', value: 'sk-own' }, timeouts, unavailable: undefined }, deps);

const ask = (stream: boolean, content = 'hi'): ProviderRequest => ({
  method: 'POST',
  path: '/v1/messages?beta=true',
  clientHeaders: {},
  body: Buffer.from(JSON.stringify({ model: 'some-model', max_tokens: 100, stream, messages: [{ role: 'user', content }] })),
  stream,
});

describe.each(dialects.map((dialect) => [dialect.type, dialect] as const))('the provider of type %s', (type, dialect) => {
  it.each(providerContract.map(({ title, run }) => [title, run] as const))('[C12] keeps the contract: %s', async (_title, run) => {
    const subject = async () => {
      const fake = await FakeUpstream.listen(async (exchange) => {
        if (exchange.request.body.includes('slow')) await new Promise((resolve) => setTimeout(resolve, 250));
        return speaks(dialect)(exchange);
      });
      return {
        provider: make(type, fake.url),
        streaming: ask(true),
        document: ask(false),
        slow: ask(true, 'slow'),
        dispose: () => fake.close(),
      };
    };
    await expect(run(subject)).resolves.toBeUndefined();
  });

  it.each(faultContract.map(({ title, run }) => [title, run] as const))('[F1] %s', async (_title, run) => {
    const subject = { dialect, provider: (baseUrl: string) => make(type, baseUrl), streaming: ask(true), document: ask(false) };
    await expect(run(subject)).resolves.toBeUndefined();
  });
});
