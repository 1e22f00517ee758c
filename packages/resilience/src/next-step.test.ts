import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { classRules, type ErrorClass, type Verdict } from './error-class.js';
import { nextStep, type Situation } from './next-step.js';
import { retryConfig } from './testing/retry-config.js';

const situation = (rest: Partial<Situation> = {}): Situation => ({
  ownKey: true,
  otherKey: false,
  has: () => false,
  repeats: 0,
  attempts: 2,
  retry: retryConfig(),
  budget: () => true,
  random: () => 0.5,
  ...rest,
});
const verdict = (found: ErrorClass, rest: Partial<Verdict> = {}): Verdict => ({
  class: found,
  repeatable: true,
  retryAfter: undefined,
  ...rest,
});
const next = { kind: 'next', list: 'fallback' };
const stop = { kind: 'stop' };

describe('nextStep', () => {
  it('[C9] repeats what may succeed, with a random wait that doubles, at most twice', () => {
    expect(nextStep(verdict('server'), situation())).toEqual({ kind: 'repeat', delay: 125 });
    expect(nextStep(verdict('overloaded'), situation({ repeats: 1 }))).toEqual({ kind: 'repeat', delay: 250 });
    expect(nextStep(verdict('network'), situation({ repeats: 2 }))).toEqual(stop);
    expect(nextStep(verdict('server', { repeatable: false }), situation())).toEqual(stop);
    expect(nextStep(verdict('server'), situation({ budget: () => false, has: () => true }))).toEqual(next);
  });

  it('[C9] waits as long as the provider asks, and never longer than `maxDelay`', () => {
    expect(nextStep(verdict('rate', { retryAfter: 2000 }), situation())).toEqual({ kind: 'repeat', delay: 2125 });
    expect(nextStep(verdict('rate', { retryAfter: 10_001 }), situation())).toEqual(stop);
    expect(nextStep(verdict('overloaded', { retryAfter: 60_000 }), situation({ has: () => true }))).toEqual(next);
    expect(nextStep(verdict('rate', { retryAfter: 1000 }), situation({ has: () => true }))).toEqual(next);
  });

  it('[C9] another key comes before another target, at once', () => {
    for (const found of ['rate', 'quota', 'auth'] as const) {
      expect(nextStep(verdict(found, { repeatable: false }), situation({ otherKey: true, has: () => true }))).toEqual({
        kind: 'repeat',
        delay: 0,
      });
      expect(nextStep(verdict(found, { repeatable: false }), situation({ has: () => true }))).toEqual(next);
    }
  });

  it('[C9] the client hears of its own credential; its empty account is a reason to ask elsewhere', () => {
    const own = { ownKey: false, otherKey: true, has: () => true };
    expect(nextStep(verdict('auth'), situation(own))).toEqual(stop);
    expect(nextStep(verdict('quota', { repeatable: false }), situation(own))).toEqual(next);
  });

  it('[C9] each kind of fallback has its own list', () => {
    const only = (list: string) => situation({ has: (asked) => asked === list });
    expect(nextStep(verdict('context'), only('contextWindow'))).toEqual({ kind: 'next', list: 'contextWindow' });
    expect(nextStep(verdict('policy'), only('contentPolicy'))).toEqual({ kind: 'next', list: 'contentPolicy' });
    expect(nextStep(verdict('context'), only('fallback'))).toEqual(stop);
    expect(nextStep(verdict('client'), situation({ has: () => true, otherKey: true }))).toEqual(stop);
  });

  it('[C9] for every class and situation: bounded waits, no repetition without budget, nothing for a wrong request', () => {
    const anyVerdict = fc.record({
      class: fc.constantFrom(...(Object.keys(classRules) as ErrorClass[])),
      repeatable: fc.boolean(),
      retryAfter: fc.option(fc.nat(100_000), { nil: undefined }),
    });
    const anySituation = fc.record({
      ownKey: fc.boolean(),
      otherKey: fc.boolean(),
      more: fc.boolean(),
      repeats: fc.nat(3),
      allowed: fc.boolean(),
      random: fc.double({ min: 0, max: 0.999, noNaN: true }),
    });
    const property = fc.property(anyVerdict, anySituation, (judged, { more, allowed, random, ...rest }) => {
      const step = nextStep(judged, situation({ ...rest, has: () => more, budget: () => allowed, random: () => random }));
      if (step.kind === 'repeat') return allowed && rest.repeats < 2 && step.delay >= 0 && step.delay <= 10_000;
      if (step.kind === 'next') return more;
      return judged.class !== 'network' || !more;
    });
    expect(fc.defaultReportMessage(fc.check(property, { numRuns: 2000 }))).toBeUndefined();
  });
});
