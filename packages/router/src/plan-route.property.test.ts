import type {
  Condition,
  LegacyCondition,
  PluginsConfig,
  RequestClass,
  Rule,
  RuleMoves,
  SelectorRule,
  Target,
  TimeWindow,
  Weekday,
} from '@ccproxy/config';
import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { compileRoutes } from './compile-routes.js';
import type { Decision, Need } from './plan.js';
import type { CustomAnswer, RequestFacts } from './request-facts.js';
import { explain, plan } from './plan-route.js';
import { testConfig, testProvider, testTarget } from './testing/test-config.js';

const scale = Number(process.env['CCPROXY_TEST_SCALE'] ?? 1);
const requestClass = fc.constantFrom<RequestClass>('main', 'subagent', 'workflow', 'compaction', 'auxiliary', 'side_reply');
const targetName = fc.constantFrom('default', 'a', 'b', 'c', 'gone', '__proto__');
const count = fc.oneof(fc.integer({ min: -1, max: 2000 }), fc.constantFrom(0, 1e308, Infinity, Number.NaN, 0.5));
const model = fc.oneof(fc.constantFrom('a', 'p1,m', 'p1/m', 'claude-via-b', 'claude-opus-5-5', ',', '/', 'p1,', 'nobody,x'), fc.string());

const globs = fc.array(fc.constantFrom('*', 'a*', '?', 'Bash', ''), { maxLength: 2 });
const moduleName = fc.constantFrom('mine', 'absent', '__proto__');
const window: fc.Arbitrary<TimeWindow> = fc.record(
  {
    days: fc.constantFrom<Weekday[][]>(['mon'], ['sat', 'sun']),
    from: fc.nat(1440),
    to: fc.nat(1440),
    zone: fc.constantFrom('Europe/Berlin', 'No/Where'),
  },
  { requiredKeys: [] },
);
const legacy: fc.Arbitrary<LegacyCondition> = fc.oneof(
  fc.record({ is: fc.constantFrom('py-token-count', 'ccr-long-context'), threshold: fc.nat(2000) }),
  fc.record({ is: fc.constantFrom('py-match-model', 'py-match-tool'), text: fc.constantFrom('', 'a', 'Bash') }),
  fc.record({ is: fc.constantFrom('py-thinking', 'py-default', 'ccr-background', 'ccr-web-search', 'ccr-think', 'ccr-image') }),
);

const { condition } = fc.letrec<{ condition: Condition }>((tie) => ({
  condition: fc.oneof(
    { maxDepth: 4, withCrossShrink: true },
    fc.record({ class: fc.array(requestClass, { maxLength: 3 }) }),
    fc.record({ model: fc.array(fc.stringMatching(/^[a-z*?-]{0,8}$/), { maxLength: 3 }) }),
    fc.record({
      tokens: fc.record({ over: fc.integer({ min: 0, max: 2000 }), under: fc.integer({ min: 0, max: 2000 }) }, { requiredKeys: [] }),
    }),
    fc.record({ stream: fc.boolean() }),
    fc.record({ agentType: globs }),
    fc.record({ thinking: fc.record({ type: globs, budgetOver: fc.nat(2000) }, { requiredKeys: [] }) }),
    fc.record({ tool: fc.record({ declared: globs, used: globs, forced: globs }, { requiredKeys: [] }) }),
    fc.record({ serverTool: globs }),
    fc.record({ image: fc.boolean() }),
    fc.record({ system: globs }),
    fc.record({ header: fc.dictionary(fc.constantFrom('x-a', 'x-b', '__proto__'), globs, { maxKeys: 2 }) }),
    fc.record({ project: globs }),
    fc.record({ session: globs }),
    fc.record({ user: globs }),
    fc.record({ time: window }),
    fc.record({ custom: moduleName }),
    fc.record({ legacy }),
    fc.record({ all: fc.array(tie('condition'), { maxLength: 3 }) }),
    fc.record({ any: fc.array(tie('condition'), { maxLength: 3 }) }),
    fc.record({ not: tie('condition') }),
  ),
}));

const ruleName = fc.stringMatching(/^[a-z]{1,8}$/);
const rules: fc.Arbitrary<Rule[]> = fc.uniqueArray(
  fc.oneof(
    {
      weight: 6,
      arbitrary: fc.record(
        {
          name: ruleName,
          when: condition,
          to: targetName,
          fallback: fc.array(targetName, { maxLength: 3 }),
          moves: fc.constantFrom<RuleMoves>('never', 'turn', 'request'),
        },
        { requiredKeys: ['name', 'when', 'to', 'fallback'] },
      ) as fc.Arbitrary<Rule>,
    },
    { weight: 1, arbitrary: fc.record({ name: ruleName, selector: fc.constantFrom<SelectorRule['selector']>('any', 'comma', 'tag') }) },
  ),
  { maxLength: 6, selector: ({ name }) => name },
);
const target = (name: string): fc.Arbitrary<Target> =>
  fc
    .record({
      provider: fc.constantFrom('p1', 'p2', 'gone'),
      model: fc.option(fc.constant('m'), { nil: undefined }),
      fallback: fc.array(targetName, { maxLength: 4 }),
    })
    .map(({ provider, ...rest }) => testTarget(name, provider, rest));
const plugins: PluginsConfig = {
  routing: { mine: { name: 'mine', module: '/m', timeout: 1, body: false, onFailure: 'refuse' } },
};
const config = fc
  .record({
    routes: rules,
    models: fc.subarray(['default', 'a', 'b', 'c']).chain((names) => fc.tuple(...names.map(target))),
    providers: fc.constantFrom([testProvider('p1'), testProvider('p2')], [testProvider('p1', 'no key')], []),
    profiles: rules.map((routes) => [{ name: 'work', default: 'b', routes }]),
  })
  .map((routing) => ({ ...testConfig(routing), plugins }));
const tokenFacts = fc.record({ estimate: count, exact: fc.boolean() });
const answer: fc.Arbitrary<CustomAnswer> = fc.oneof(
  fc.record({ holds: fc.boolean() }),
  fc.record({ holds: fc.constant(true), to: fc.constantFrom('a', 'p1,m', 'gone') }),
  fc.record({ failed: fc.constant('it failed') }),
);
const optional = fc.record(
  {
    thinking: fc.option(fc.record({ type: fc.constantFrom('enabled', 'adaptive'), budget: count })),
    declaredTools: fc.subarray(['Bash', 'a']),
    usedTools: fc.subarray(['Bash', 'a']),
    forcedTool: fc.option(fc.constant('Bash')),
    serverTools: fc.subarray(['web_search_1']),
    image: fc.boolean(),
    matches: fc.dictionary(fc.constantFrom('system *', 'header x-a *', 'system a*'), fc.boolean()),
    project: fc.option(fc.constant('/a')),
    user: fc.option(fc.constant('a')),
    at: fc.oneof(fc.integer({ min: 0, max: 4e12 }), fc.constantFrom(Number.NaN, 1e300)),
    custom: fc.dictionary(moduleName, answer, { noNullPrototype: true }),
    legacy: fc.record({
      thinking: fc.constantFrom('absent', 'falsy', 'truthy'),
      lastUserImage: fc.boolean(),
      textTokens: tokenFacts,
      statedTokens: fc.nat(2000),
      toolNames: fc.subarray(['Bash']),
      previousInput: fc.nat(2000),
    }),
    selectorTag: fc.option(fc.constantFrom('p1,m', 'x')),
    conversation: fc.record({ target: targetName, turnBegins: fc.boolean(), cachedTokens: fc.nat(100_000) }),
  },
  { requiredKeys: [] },
) as fc.Arbitrary<Partial<RequestFacts>>;
const facts: fc.Arbitrary<RequestFacts> = fc
  .tuple(
    fc.record({
      model,
      class: fc.option(requestClass, { nil: undefined }),
      agentType: fc.constantFrom(undefined, 'Explore'),
      stream: fc.boolean(),
      tokens: tokenFacts,
      sessionId: fc.constantFrom(undefined, 'a'),
    }),
    optional,
  )
  .map(([known, more]) => ({ ...known, ...more }));
const options = fc.record(
  {
    profile: fc.constantFrom('work', 'gone'),
    explain: fc.boolean(),
    unavailable: fc.subarray(['p1', 'p2']).map((names) => new Set(names)),
  },
  { requiredKeys: [] },
);

const has = ({ tokens, legacy, custom = {} }: RequestFacts, need: Need['needs'][number]): boolean =>
  need === 'tokens:exact' ? tokens.exact && legacy?.textTokens.exact !== false : Object.hasOwn(custom, need.slice('custom:'.length));

/** What is wrong with a decision, whatever it was made of. */
function flawOf(decision: Decision, request: RequestFacts, unavailable: ReadonlySet<string> = new Set()): string {
  if (decision.kind === 'need') return decision.needs.some((need) => has(request, need)) ? 'asks for what it has' : 'none';
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
      { numRuns: 1000 * scale },
    );
    expect(decided).toBeGreaterThanOrEqual(5000 * scale);
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
          // Whether a conversation still fits is asked of the count itself.
          const { conversation: _, ...bare } = request;
          const decision = plan({ ...bare, tokens: { estimate, exact: false } }, table);
          if (decision.kind !== 'plan') return;
          const counted = plan({ ...bare, tokens: { estimate: Math.round(estimate * error), exact: true } }, table);
          expect(counted.kind === 'plan' && counted.attempts).toEqual(decision.attempts);
        },
      ),
      { numRuns: 2000 * scale },
    );
  });

  it('[C15] the explanation names the rule that fired, and only that one as fired', () => {
    fc.assert(
      fc.property(config, facts, (config, request) => {
        const decision = explain(request, compileRoutes(config));
        if (decision.kind !== 'plan') return;
        expect(decision.explanation.filter(({ fired }) => fired).map(({ rule }) => rule)).toEqual([decision.route]);
      }),
      { numRuns: 2000 * scale },
    );
  });
});
