import { FakeClock } from '@ccproxy/kernel/testing';
import { type Exchange as Upstream, type FakeUpstream } from '@ccproxy/providers/testing';
import { type Gateway, type HarnessOptions, messageBody, providerConfig, target } from './gateway-harness.js';
import type { TestBed } from './test-bed.js';

const timeouts = { connect: 1e6, firstByte: 1e6, idle: 1e6, total: 1e7 };

/** A gateway on a clock of its own whose provider does what the test tells it, step by step. */
export const stepped = async (bed: TestBed, options: Partial<HarnessOptions> = {}, extra: readonly FakeUpstream[] = []) => {
  const clock = new FakeClock();
  const arrived = Promise.withResolvers<Upstream>();
  const fake = await bed.upstream((exchange) => arrived.resolve(exchange));
  const all = [fake, ...extra];
  const gate: Gateway = await bed.gateway({
    providers: all.map((each, index) => providerConfig(`p${index}`, each.url, { timeouts })),
    models: [
      target('default', 'p0', { fallback: all.slice(1).map((_, index) => `t${index + 1}`) }),
      ...all.slice(1).map((_, index) => target(`t${index + 1}`, `p${index + 1}`)),
    ],
    clock,
    ...options,
  });
  return { clock, fake, gate, arrived: arrived.promise };
};

/** What has reached the client so far. */
export const listen = (gate: Gateway, body = messageBody()) => {
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
