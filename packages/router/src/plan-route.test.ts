import type { Rule } from '@ccproxy/config';
import { describe, expect, it } from 'vitest';
import { compileRoutes } from './compile-routes.js';
import type { RequestFacts } from './request-facts.js';
import { explain, plan } from './plan-route.js';
import { listedModelId, selectableTargets } from './select-target.js';
import { testConfig, testProvider, testTarget } from './testing/test-config.js';

const facts = (rest: Partial<RequestFacts> = {}): RequestFacts => ({
  model: 'claude-opus-5-5',
  class: 'main',
  agentType: undefined,
  stream: true,
  tokens: { estimate: 1000, exact: false },
  sessionId: undefined,
  ...rest,
});
const tokens = (estimate: number, exact = false) => facts({ tokens: { estimate, exact } });
const background: Rule = { name: 'background', when: { class: ['auxiliary'] }, to: 'local', fallback: [] };
const longContext: Rule = { name: 'long-context', when: { tokens: { over: 180_000 } }, to: 'long', fallback: [] };
const targets = (decision: ReturnType<typeof plan>) =>
  decision.kind === 'plan' ? [decision.route, ...decision.attempts.map(({ target }) => target)] : decision.kind;

describe('plan: rules', () => {
  const table = compileRoutes(testConfig({ routes: [background, longContext] }));

  it('[C1] takes the first rule that matches, and `default` when none does', () => {
    expect(targets(plan(facts({ class: 'auxiliary', tokens: { estimate: 900_000, exact: true } }), table))).toEqual([
      'background',
      'local',
    ]);
    expect(targets(plan(tokens(900_000), table))).toEqual(['long-context', 'long', 'default']);
    expect(plan(facts(), table)).toEqual({
      kind: 'plan',
      route: 'default',
      attempts: [{ target: 'default', provider: 'anthropic', model: undefined }],
      explanation: [],
    });
  });

  it('falls through to the only target when there is no `default`, and refuses when there are several', () => {
    const one = compileRoutes(testConfig({ models: [testTarget('solo', 'ollama')] }));
    expect(targets(plan(facts(), one))).toEqual(['default', 'solo']);
    const two = compileRoutes(testConfig({ models: [testTarget('a', 'ollama'), testTarget('b', 'ollama')] }));
    expect(plan(facts(), two)).toMatchObject({ kind: 'refusal', message: expect.stringContaining('Add `default:') });
    expect(plan(facts(), compileRoutes(testConfig({ models: [] })))).toMatchObject({ kind: 'refusal' });
  });

  it('uses the rules and the default of the profile, and refuses an unknown one', () => {
    const profiles = [{ name: 'work', default: 'long', routes: [{ ...background, to: 'default' }] }];
    const withProfile = compileRoutes(testConfig({ routes: [longContext], profiles }));
    expect(targets(plan(facts({ class: 'auxiliary' }), withProfile, { profile: 'work' }))).toEqual(['background', 'default']);
    expect(targets(plan(facts(), withProfile, { profile: 'work' }))).toEqual(['default', 'long', 'default']);
    expect(plan(facts(), withProfile, { profile: 'play' })).toMatchObject({
      kind: 'refusal',
      message: 'There is no profile "play". Profiles: work.',
    });
    expect(plan(facts(), table, { profile: 'play' })).toMatchObject({ message: 'There is no profile "play". Profiles: none.' });
  });

  it('[C4] a rule to a target that does not exist refuses its own requests only', () => {
    const broken = compileRoutes(testConfig({ routes: [{ ...background, to: 'gone' }] }));
    expect(plan(facts({ class: 'auxiliary' }), broken)).toMatchObject({ kind: 'refusal', message: expect.stringContaining('background') });
    expect(targets(plan(facts(), broken))).toEqual(['default', 'default']);
  });
});

describe('plan: token counts', () => {
  const table = compileRoutes(testConfig({ routes: [longContext] }));

  it.each([
    [140_000, 'default'],
    [149_000, 'default'],
    [151_000, 'need'],
    [180_000, 'need'],
    [224_000, 'need'],
    [226_000, 'long-context'],
  ])('[C8] an estimate of %i near the threshold 180,000 gives %s', (estimate, expected) => {
    const decision = plan(tokens(estimate), table);
    expect(decision.kind === 'plan' ? decision.route : decision.kind).toBe(expected);
  });

  it('[C8] an exact count decides, on both sides of the threshold', () => {
    expect(targets(plan(tokens(180_000, true), table))).toEqual(['default', 'default']);
    expect(targets(plan(tokens(180_001, true), table))).toEqual(['long-context', 'long', 'default']);
    expect(targets(plan(tokens(180_001), table, { acceptEstimate: true }))).toEqual(['long-context', 'long', 'default']);
  });

  it('[C8] does not ask when counting could not change the outcome', () => {
    const shadowed = compileRoutes(testConfig({ routes: [{ ...longContext, name: 'all', when: { model: ['*'] } }, longContext] }));
    expect(targets(plan(tokens(180_000), shadowed))).toEqual(['all', 'long', 'default']);
    const same = compileRoutes(testConfig({ routes: [{ ...longContext, to: 'default' }] }));
    expect(plan(tokens(180_000), same).kind).toBe('plan');
    const selected = plan({ ...tokens(180_000), model: 'local' }, table);
    expect(targets(selected)).toEqual(['selector', 'local']);
  });
});

describe('plan: selectors', () => {
  const table = compileRoutes(testConfig({ routes: [{ name: 'everything', when: { model: ['*'] }, to: 'default', fallback: [] }] }));
  const attempts = (model: string) => {
    const decision = plan(facts({ model }), table);
    return decision.kind === 'plan'
      ? [decision.route, ...decision.attempts.map(({ provider, model }) => `${provider}:${model}`)]
      : decision.kind;
  };

  it.each([
    ['local', ['selector', 'ollama:qwen3:8b']],
    ['claude-via-local', ['selector', 'ollama:qwen3:8b']],
    ['ollama,qwen3:8b', ['selector', 'ollama:qwen3:8b']],
    ['ollama, a,b', ['selector', 'ollama:a,b']],
    ['ollama/qwen/qwen3', ['selector', 'ollama:qwen/qwen3']],
    ['qwen/qwen3', ['everything', 'anthropic:undefined']],
    ['ollama/', ['everything', 'anthropic:undefined']],
    ['claude-opus-5-5', ['everything', 'anthropic:undefined']],
    ['', ['everything', 'anthropic:undefined']],
    ['nobody,model', 'refusal'],
    ['ollama,', 'refusal'],
    ['claude-via-nobody', 'refusal'],
    ['__proto__', ['everything', 'anthropic:undefined']],
    ['constructor/x', ['everything', 'anthropic:undefined']],
  ])('[C1] %s', (model, expected) => {
    expect(attempts(model)).toEqual(expected);
  });

  it('says what exists when the selector names what does not', () => {
    expect(plan(facts({ model: 'nobody,x' }), table)).toMatchObject({
      message: 'The model names no provider "nobody" that exists. Providers: anthropic, ollama, gemini.',
    });
    expect(plan(facts({ model: 'claude-via-x' }), table)).toMatchObject({
      message: 'There is no target "x". Targets: default, local, long.',
    });
  });

  it('never sends the name of a target upstream as a model', () => {
    expect(plan(facts({ model: 'default' }), table)).toMatchObject({
      kind: 'refusal',
      message: expect.stringContaining('has no model of its own'),
    });
    expect(plan(facts({ model: 'long' }), table)).toMatchObject({
      attempts: [{ target: 'long' }],
      explanation: [{ rule: 'target default', fired: false, because: 'it has no model of its own to fall back to' }],
    });
    expect(selectableTargets(table).map(({ name }) => listedModelId(name))).toEqual(['claude-via-local', 'claude-via-long']);
  });
});

describe('plan: fallback', () => {
  const models = [
    testTarget('default', 'anthropic', { fallback: ['b'] }),
    testTarget('a', 'ollama', { model: 'm', fallback: ['b', 'default'] }),
    testTarget('b', 'gemini', { fallback: ['a', 'gone'] }),
    testTarget('c', 'gemini'),
  ];

  it("[C9] tries the rule's fallbacks, then the target's, then theirs; each once, whatever the circles", () => {
    const table = compileRoutes(testConfig({ models, routes: [{ name: 'r', when: { stream: true }, to: 'a', fallback: ['c', 'a'] }] }));
    expect(targets(plan(facts(), table))).toEqual(['r', 'a', 'c', 'b', 'default']);
    expect(targets(plan(facts({ stream: false }), table))).toEqual(['default', 'default', 'b', 'a']);
  });

  it('keeps the chain short', () => {
    const many = Array.from({ length: 50 }, (_, index) => testTarget(`t${index}`, 'ollama', { fallback: [`t${index + 1}`] }));
    const table = compileRoutes(testConfig({ models: [testTarget('default', 'ollama', { fallback: ['t0'] }), ...many] }));
    const decision = plan(facts(), table);
    expect(decision.kind === 'plan' && decision.attempts.length).toBe(8);
  });

  it('[C3] passes over unavailable providers and says why, by configuration and by the moment', () => {
    const providers = [testProvider('anthropic'), testProvider('ollama', 'OLLAMA_KEY is not set'), testProvider('gemini')];
    const table = compileRoutes(testConfig({ models, providers }));
    expect(plan(facts({ model: 'a' }), table)).toMatchObject({
      kind: 'refusal',
      message: expect.stringContaining('OLLAMA_KEY is not set'),
    });
    expect(plan(facts(), table, { unavailable: new Set(['anthropic']) })).toMatchObject({
      attempts: [{ target: 'b' }],
      explanation: [
        { rule: 'target default', because: 'provider anthropic is unavailable: it does not answer at the moment' },
        { rule: 'target a', because: 'provider ollama is unavailable: OLLAMA_KEY is not set' },
      ],
    });
    const none = plan(facts(), table, {
      unavailable: new Map([
        ['anthropic', 'cooling down'],
        ['gemini', 'cooling down'],
      ]),
    });
    expect(none).toMatchObject({ kind: 'refusal', message: expect.stringContaining('cooling down') });
    expect(targets(plan(facts(), table, { unavailable: new Map() }))).toEqual(['default', 'default', 'b']);
  });

  it('treats a target of a provider that does not exist as unavailable', () => {
    const table = compileRoutes(testConfig({ models: [testTarget('default', 'gone', { fallback: ['x'] }), testTarget('x', 'ollama')] }));
    expect(targets(plan(facts(), table))).toEqual(['default', 'x']);
  });
});

describe('explain', () => {
  it('[C15] lists every rule considered up to the one that fired, with the numbers', () => {
    const table = compileRoutes(testConfig({ routes: [background, longContext, { ...background, name: 'never reached' }] }));
    expect(explain(tokens(200_000), table)).toMatchObject({
      kind: 'plan',
      route: 'long-context',
      explanation: [
        { rule: 'selector', fired: false, because: 'the model names no target and no provider' },
        { rule: 'background', fired: false, because: 'the request class is main, not auxiliary' },
        { rule: 'long-context', fired: true, because: '200,000 input tokens (estimated) are over 180,000' },
      ],
    });
    expect(explain(tokens(10, true), table).explanation.at(-1)).toEqual({
      rule: 'default',
      fired: true,
      because: 'no rule fired: target default',
    });
    expect(explain(facts({ model: 'local' }), table).explanation).toEqual([
      { rule: 'selector', fired: true, because: 'the client asked for the target local' },
    ]);
    expect(explain(facts({ model: 'ollama,x' }), table).explanation[0]?.because).toBe('the client asked for x of the provider ollama');
    expect(explain(facts(), compileRoutes(testConfig({ models: [] }))).explanation.at(-1)?.fired).toBe(false);
  });
});
