import type { ScriptStep } from '@ccproxy-internal/test-kit';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type ClientWorld, type Comparison, openClientWorld } from './client-world.ts';
import { expectSame, type Intended } from './expect-same.ts';

let world: ClientWorld;
beforeAll(async () => {
  world = await openClientWorld();
});
afterAll(() => world[Symbol.asyncDispose]());

const always = (step: ScriptStep): ScriptStep[] => [{ ...step, repeat: 0 }];
/** Fails so often, then answers. */
const times = (repeat: number, step: ScriptStep): ScriptStep[] => [
  { ...step, repeat },
  { text: 'Recovered.', repeat: 0 },
];
const never = { 'x-should-retry': 'false' };

const forEver: readonly (readonly [what: string, step: ScriptStep])[] = [
  ['429', { fault: '429' }],
  ['429 that says not to retry', { status: 429, headers: never }],
  ['429 with a long retry-after', { status: 429, headers: { 'retry-after': '3600' } }],
  ['429 of a spending limit', { status: 429, headers: never, error: { type: 'billing_error', message: 'The limit of May is reached.' } }],
  ['529', { fault: '529' }],
  ['500', { fault: '500' }],
  ['500 that says not to retry', { status: 500, headers: never }],
  ['503', { fault: '503' }],
  ['400', { fault: '400' }],
  ['400: the prompt is too long', { status: 400, error: { message: 'prompt is too long: 250000 tokens > 200000 maximum' } }],
  ['401', { fault: '401' }],
  ['402', { status: 402, error: { message: 'Your credit balance is too low.' } }],
  ['403', { fault: '403' }],
  ['404', { fault: '404' }],
  ['413', { fault: '413' }],
];

const once: readonly (readonly [what: string, step: ScriptStep])[] = [
  ['429 with retry-after', { fault: '429' }],
  ['529', { fault: '529' }],
  ['500', { fault: '500' }],
  ['a stream that starts with an error event', { fault: 'sse-error-first' }],
  ['an error event inside the stream', { fault: 'sse-error' }],
  ['a stream with broken JSON', { fault: 'invalid-json' }],
];

/** What is no answer of an Anthropic API reaches the client as an error of one: facts/security-and-faults, rows 53 and 55. */
const translated: readonly (readonly [what: string, script: ScriptStep[], recovers: boolean, intended: Intended])[] = [
  [
    'a stream that ends too early, then an answer',
    times(1, { fault: 'eof-mid' }),
    true,
    { in: ['request 2, headers', 'request 2, body', 'client 1, stdout'], why: 'an error event ends the stream' },
  ],
  [
    'a connection reset inside the stream, then an answer',
    times(1, { fault: 'reset-mid' }),
    true,
    { in: ['request 2, headers', 'request 2, body', 'client 1, stdout'], why: 'an error event ends the stream' },
  ],
  [
    'a 200 without a body, then an answer',
    times(1, { fault: 'empty' }),
    true,
    { in: ['request 2, headers', 'request 2, body', 'client 1, stdout'], why: '502 with the reason' },
  ],
  [
    'a page of HTML instead of a stream, then an answer',
    times(1, { raw: '<html>hello</html>', headers: { 'content-type': 'text/html' } }),
    true,
    { in: ['request 2, headers', 'request 2, body', 'client 1, stdout'], why: '502 with the reason' },
  ],
  ['502 with a page of HTML for ever', always({ fault: 'html' }), false, { in: ['client 1, stdout'], why: '502 with the reason' }],
  [
    'a connection reset before the answer, then an answer',
    times(1, { fault: 'reset' }),
    true,
    { in: ['client 1, stdout'], why: '502 with the reason' },
  ],
  ['connections reset for ever', always({ fault: 'reset' }), false, { in: ['client 1, stdout'], why: '502 with the reason' }],
];

const pauses: readonly (readonly [what: string, step: ScriptStep])[] = [
  ['pings', { text: 'Patience pays.', pre: { ms: 400, count: 3 }, mid: { ms: 400, count: 3 } }],
  ['comments', { text: 'Patience pays.', pre: { ms: 400, count: 3, kind: 'comment' }, mid: { ms: 400, count: 3, kind: 'comment' } }],
];

/** One prompt, with every line the client says about its retries. */
const ask = (script: readonly ScriptStep[]): Promise<Comparison> =>
  world.compare({
    script,
    env: { CLAUDE_CODE_MAX_RETRIES: '2' },
    act: (side) => side.claude(['-p', 'hello', '--output-format', 'stream-json', '--verbose', '--include-partial-messages']),
  });

describe('failures', () => {
  for (const [what, step] of forEver) {
    it(`[C12 F1] ${what}, for ever`, async (context) => {
      const seen = await ask(always(step));
      expectSame(context, seen);
      expect(seen.through.runs[0]?.code).toBe(1);
    });
  }

  for (const [what, step] of once) {
    it(`[C12 F1] ${what}, then an answer`, async (context) => {
      const seen = await ask(times(1, step));
      expectSame(context, seen);
      expect(seen.through.runs[0]?.stdout).toContain('"result":"Recovered."');
    });
  }

  for (const [what, script, recovers, intended] of translated) {
    it(`[C12 F1] ${what}`, async (context) => {
      const seen = await ask(script);
      expectSame(context, seen, intended);
      expect(seen.through.runs[0]?.stdout.includes('"result":"Recovered."')).toBe(recovers);
    });
  }

  for (const [what, step] of pauses) {
    it(`[C12 F1] an answer with ${what} before and inside it`, async (context) => {
      const seen = await ask([step]);
      expectSame(context, seen);
      expect(seen.through.runs[0]?.stdout).toContain('"result":"Patience pays."');
    });
  }
});
