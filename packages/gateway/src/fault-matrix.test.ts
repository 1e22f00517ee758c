import { type BehaviourName, behaviours, messageFrames } from '@ccproxy/providers/testing';
import { describe, it } from 'vitest';
import { checkStream } from './testing/check-stream.js';
import { type Answer, messageBody, providerConfig, target } from './testing/gateway-harness.js';
import { TestBed } from './testing/test-bed.js';

const timeouts = { connect: 1000, firstByte: 300, idle: 300, total: 20_000 };
/** A limit that ran out may be noticed this much later, ms. */
const late = 1000;
/** A machine with much to do takes its time. */
const patient = { timeout: 15_000 };
const keys = { first: 'key-of-the-first-provider', spare: 'key-of-the-spare-provider' };
const repeat = Number(process.env['CCPROXY_TEST_SCALE'] ?? 1);
const names = Object.keys(behaviours) as BehaviourName[];

/** Breaks the stream protocol at the provider; passed on as it is, the client judges it. */
const brokenByProvider: ReadonlySet<string> = new Set(['broken-json', 'delta-before-start', 'two-endings']);

/** What every answer must be, whatever the provider did. */
const verdict = (answer: Answer, name: string): string => {
  if (answer.status >= 400) {
    const { type, error } = answer.json() as { type?: unknown; error?: { type?: unknown; message?: unknown } };
    return type === 'error' && typeof error?.type === 'string' && typeof error.message === 'string' ? 'error' : 'not an Anthropic error';
  }
  if (String(answer.headers['content-type']).startsWith('text/event-stream')) {
    const violations = brokenByProvider.has(name) ? [] : checkStream(answer.body);
    if (violations.length > 0) return violations.join('; ');
    return answer.text.includes('\nevent: error') || answer.text.startsWith('event: error') ? 'stream with error' : 'stream';
  }
  if (answer.torn) return 'a torn document';
  return (answer.json() as { type?: unknown }).type === 'message' ? 'message' : 'not a message';
};

const cases = names.flatMap((name) => [true, false].flatMap((stream) => [true, false].map((fallback) => ({ name, stream, fallback }))));

describe('[C9] [F1] rows 53-66: every fault of a provider, with repetitions', () => {
  it.concurrent.for(cases)(
    '$name, stream $stream, fallback $fallback: valid answers in time, no attempt after the commit point, no foreign credential',
    { timeout: 40_000 * repeat },
    async ({ name, stream, fallback }, { expect }) => {
      const bed = new TestBed();
      try {
        const first = await bed.upstream(behaviours[name]);
        const spare = await bed.upstream();
        const gate = await bed.gateway({
          providers: [
            providerConfig('a', first.url, { timeouts, auth: { kind: 'apiKey', value: keys.first } }),
            providerConfig('b', spare.url, { timeouts, auth: { kind: 'apiKey', value: keys.spare } }),
          ],
          models: [target('default', 'a', { fallback: fallback ? ['spare'] : [] }), target('spare', 'b')],
          retry: { attempts: 2, baseDelay: 5, maxDelay: 100, coolDown: 100, breaker: { failures: 5, open: 100 } },
        });
        const headers = { 'x-ccproxy-token': gate.token };
        for (let round = 0; round < repeat; round += 1) {
          const before = gate.ledger.rows.length;
          const answer = await gate.ask({ headers, body: messageBody({ stream }) });
          expect(['error', 'stream with error', 'stream', 'message']).toContain(verdict(answer, name));
          await expect.poll(() => gate.ledger.totals().open, patient).toBe(0);
          const rows = gate.ledger.rows.slice(before);
          expect(answer.headers['x-ccproxy-attempts']).toBe(String(rows.length));
          expect(rows.length).toBeLessThanOrEqual(fallback ? 4 : 3);
          // Of floods, the time they take is bounded by what they may be, not by silence.
          const hung = rows.filter(({ errorCode = '' }) => name.startsWith('hang-') && errorCode.startsWith('CCP_UPSTREAM_TIMEOUT_'));
          expect(round > 0 || hung.length > 0).toBe(round > 0 || name.startsWith('hang-'));
          expect(hung.filter(({ durationMs = Number.POSITIVE_INFINITY }) => durationMs > timeouts.idle + late)).toEqual([]);
        }
        await expect.poll(() => first.open + spare.open, patient).toBe(0);
        for (const [fake, own] of [
          [first, keys.first],
          [spare, keys.spare],
        ] as const) {
          const sent = new Set(fake.seen.flatMap((request) => [request.headers['x-api-key'], request.headers.authorization]));
          sent.delete(undefined);
          expect([...sent].filter((credential) => credential !== own)).toEqual([]);
        }
        if (!fallback) expect(spare.seen).toEqual([]);
        first.behaviour = behaviours.healthy;
        await expect.poll(async () => (await gate.ask({ headers })).text, patient).toBe(messageFrames().join(''));
      } finally {
        await bed.close();
      }
    },
  );
});
