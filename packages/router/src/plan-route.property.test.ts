import type { Condition, RequestClass, Rule, Target } from '@ccproxy/config';
import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { compileRoutes } from './compile-routes.js';
import type { Decision } from './plan.js';
import type { RequestFacts } from './request-facts.js';
import { explain, plan } from './plan-route.js';
import { testConfig, testProvider, testTarget } from './testing/test-config.js';

const scale = Number(process.env['CCPROXY_TEST_SCALE'] ?? 1);
const requestClass = fc.constantFrom<RequestClass>('main', 'subagent', 'workflow', 'compaction', 'auxiliary', 'side_reply');
const targetName = fc.constantFrom('default', 'a', 'b', 'c', 'gone', '__proto__');
const count = fc.oneof(fc.integer({ min: -1, max: 2000 }), fc.constantFrom(0, 1e308, Infinity, Number.NaN, 0.5));
const model = fc.oneof(fc.constantFrom('a', 'p1,m', 'p1/m', 'claude-via-b', 'claude-opus-5-5', ',', '/', 'p1,', 'nobody,x'), fc.string());

const { condition } = fc.letrec<{ condition: Condition }>((tie) => ({
  condition: fc.oneof(
    { maxDepth: 4, withCrossShrink: true },
    fc.record({ class: fc.array(requestClass, { maxLength: 3 }) }),
    fc.record({ model: fc.array(fc.stringMatching(/^[a-z*?-]{0,8}$/), { maxLength: 3 }) }),
    fc.record({
      tokens: fc.record({ over: fc.integer({ min: 0, max: 2000 }), under: fc.integer({ min: 0, max: 2000 }) }, { requiredKeys: [] }),
    }),
    fc.record({ stream: fc.boolean() }),
    fc.record({ all: fc.array(tie('condition'), { maxLength: 3 }) }),
    fc.record({ any: fc.array(tie('condition'), { maxLength: 3 }) }),
    fc.record({ not: tie('condition') }),
  ),
}));

const rules: fc.Arbitrary<Rule[]> = fc.array(
  fc.record({ name: fc.stringMatching(/^[a-z]{1,8}$/), when: condition, to: targetName, fallback: fc.array(targetName, { maxLength: 3 }) }),
  { maxLength: 6 },
);
const target = (name: string): fc.Arbitrary<Target> =>
  fc
    .record({
      provider: fc.constantFrom('p1', 'p2', 'gone'),
      model: fc.option(fc.constant('m'), { nil: undefined }),
      fallback: fc.array(targetName, { maxLength: 4 }),
    })
    .map(({ provider, ...rest }) => testTarget(name, provider, rest));
const config = fc
  .record({
    routes: rules,
    models: fc.subarray(['default', 'a', 'b', 'c']).chain((names) => fc.tuple(...names.map(target))),
    providers: fc.constantFrom([testProvider('p1'), testProvider('p2')], [testProvider('p1', 'no key')], []),
    profiles: rules.map((routes) => [{ name: 'work', default: 'b', routes }]),
  })
  .map(testConfig);
const facts: fc.Arbitrary<RequestFacts> = fc.record({
  model,
  class: fc.option(requestClass, { nil: undefined }),
  agentType: fc.constant(undefined),
  stream: fc.boolean(),
  tokens: fc.record({ estimate: count, exact: fc.boolean() }),
  sessionId: fc.constant(undefined),
});
const options = fc.record(
  {
    profile: fc.constantFrom('work', 'gone'),
    explain: fc.boolean(),
    unavailable: fc.subarray(['p1', 'p2']).map((names) => new Set(names)),
  },
  { requiredKeys: [] },
);

/** What is wrong with a decision, whatever it was made of. */
function flawOf(decision: Decision, request: RequestFacts, unavailable: ReadonlySet<string> = new Set()): string {
  if (decision.kind === 'need') return request.tokens.exact ? 'asks for what it has' : 'none';
  if (decision.kind === 'refusal') return decision.message === '' ? 'says nothing' : 'none';
  const names = decision.attempts.map(({ target }) => target);
  if (names.length === 0) return 'no attempt';
  if (new Set(names).size !== names.length) return 'a target twice';
  return decision.attempts.some(({ provider }) => unavailable.has(provider)) ? 'an unavailable provider' : 'none';
}

describe('plan', () => {
  it('[C4] is total and deterministic, never throws, and every plan has attempts, each target once', () => {
    let decided = 0;
    fc.assert(
      fc.property(config, fc.array(facts, { minLength: 5, maxLength: 5 }), options, (config, requests, options) => {
        const table = compileRoutes(config);
        for (const request of requests) {
          const decision = plan(request, table, options);
          decided++;
          expect(plan(structuredClone(request), table, options)).toEqual(decision);
          expect(flawOf(decision, request, options.unavailable)).toBe('none');
        }
      }),
      { numRuns: 10_000 * scale },
    );
    expect(decided).toBeGreaterThanOrEqual(50_000);
  });

  it('[C8] a plan made on an estimate is the plan of every exact count within its error', () => {
    fc.assert(
      fc.property(
        config,
        facts,
        fc.integer({ min: 1, max: 2000 }),
        fc.double({ min: 0.81, max: 1.19, noNaN: true }),
        (config, request, estimate, error) => {
          const table = compileRoutes(config);
          const decision = plan({ ...request, tokens: { estimate, exact: false } }, table);
          if (decision.kind !== 'plan') return;
          const counted = plan({ ...request, tokens: { estimate: Math.round(estimate * error), exact: true } }, table);
          expect(counted.kind === 'plan' && counted.attempts).toEqual(decision.attempts);
        },
      ),
      { numRuns: 10_000 * scale },
    );
  });

  it('[C15] the explanation names the rule that fired, and only that one as fired', () => {
    fc.assert(
      fc.property(config, facts, (config, request) => {
        const decision = explain(request, compileRoutes(config));
        if (decision.kind !== 'plan') return;
        expect(decision.explanation.filter(({ fired }) => fired).map(({ rule }) => rule)).toEqual([decision.route]);
      }),
      { numRuns: 10_000 * scale },
    );
  });
});
