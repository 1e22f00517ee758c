import assert from 'node:assert/strict';
import { setTimeout as sleep } from 'node:timers/promises';
import type { Provider, ProviderRequest } from '../provider.js';
import { collect } from './collect.js';

/** A provider that answers, and how to ask it; made anew for each check. */
export interface ContractSubject {
  readonly provider: Provider;
  /** A request answered with several chunks. */
  readonly streaming: ProviderRequest;
  /** A request answered with one document. */
  readonly document: ProviderRequest;
  /** A request whose first byte takes at least 200 ms. */
  readonly slow: ProviderRequest;
  readonly dispose: () => Promise<void>;
}

/** One promise every adapter keeps. Run it with any test runner. */
export interface ContractCheck {
  readonly title: string;
  readonly run: (make: () => Promise<ContractSubject>) => Promise<void>;
}

const check = (title: string, body: (subject: ContractSubject) => Promise<void>): ContractCheck => ({
  title,
  async run(make) {
    const subject = await make();
    try {
      await body(subject);
    } finally {
      await subject.dispose();
    }
  },
});

/** What the pipeline relies on, whatever the wire API of the provider. */
export const providerContract: readonly ContractCheck[] = [
  check('calls the sink in the order head, data, end and never before call() returned', async ({ provider, streaming }) => {
    const got = collect(provider, streaming);
    assert.deepEqual(got.order, []);
    await got.settled;
    assert.equal(got.status, 200);
    assert.equal(got.order[0], 'head');
    assert.equal(got.order.at(-1), 'end');
    assert.equal(got.order.filter((kind) => kind !== 'data').length, 2);
    assert.match(got.text(), /event: message_start[^]*event: message_stop/);
  }),
  check('answers a document as JSON', async ({ provider, document }) => {
    const got = collect(provider, document);
    await got.settled;
    assert.equal(got.status, 200);
    assert.equal((JSON.parse(got.text()) as { type: unknown }).type, 'message');
  }),
  check('gives no data while paused, and the rest after resume', async ({ provider, streaming }) => {
    const whole = collect(provider, streaming);
    await whole.settled;
    const got = collect(provider, streaming, ({ call }) => call.pause());
    for (let seen = -1; seen !== got.chunks.length || seen === 0;) {
      seen = got.chunks.length;
      await sleep(50);
    }
    assert.ok(!got.order.includes('end') || whole.chunks.length <= 1);
    const resumes = setInterval(() => got.call.resume(), 1);
    await got.settled;
    clearInterval(resumes);
    assert.match(got.text(), /event: message_stop/);
  }),
  check('is silent after an abort in the middle of the answer', async ({ provider, streaming }) => {
    const got = collect(provider, streaming, ({ call }) => call.abort());
    await got.head;
    await sleep(100);
    assert.equal(got.chunks.length, 1);
    assert.ok(!got.order.includes('end') && !got.order.includes('error'));
  }),
  check('is silent after an abort before the head', async ({ provider, slow }) => {
    const got = collect(provider, slow);
    await sleep(50);
    got.call.abort();
    await sleep(250);
    assert.deepEqual(got.order, []);
  }),
  check('is silent after an abort at once, and a second abort does nothing', async ({ provider, streaming }) => {
    const got = collect(provider, streaming);
    got.call.abort();
    got.call.abort();
    await sleep(100);
    assert.deepEqual(got.order, []);
  }),
  check('serves many calls at the same time', async ({ provider, streaming }) => {
    const all = Array.from({ length: 20 }, () => collect(provider, streaming));
    await Promise.all(all.map((got) => got.settled));
    assert.ok(all.every((got) => got.order.at(-1) === 'end'));
  }),
  check('closes, and refuses calls afterwards with a coded error or serves them without a network', async ({ provider, document }) => {
    await provider.close();
    const got = collect(provider, document);
    await got.settled;
    if (provider.origin !== undefined) assert.equal(got.error?.code, 'CCP_PROVIDER_UNAVAILABLE');
  }),
];
