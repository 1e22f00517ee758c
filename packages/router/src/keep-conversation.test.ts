import type { Rule, TargetRule } from '@ccproxy/config';
import { describe, expect, it } from 'vitest';
import { compileRoutes } from './compile-routes.js';
import { explain, plan } from './plan-route.js';
import type { ConversationFacts, RequestFacts } from './request-facts.js';
import { testConfig, testProvider, testTarget } from './testing/test-config.js';
import { testFacts } from './testing/test-facts.js';

const rule = (when: TargetRule['when'], rest: Partial<TargetRule> = {}): Rule => ({ name: 'r', when, to: 'long', fallback: [], ...rest });
const on = (target: string, rest: Partial<ConversationFacts> = {}): ConversationFacts => ({
  target,
  turnBegins: true,
  cachedTokens: 90_000,
  ...rest,
});
const thinking = { thinking: { type: ['enabled'] } } as const;
const decide = (routes: readonly Rule[], conversation: ConversationFacts | undefined, rest: Partial<RequestFacts> = {}) => {
  const models = [
    testTarget('default', 'anthropic', { fallback: ['local'] }),
    testTarget('local', 'ollama', { model: 'q', limits: { context: 32_000, output: undefined } }),
    testTarget('long', 'gemini', { model: 'g' }),
  ];
  const table = compileRoutes(testConfig({ routes, models }));
  const facts = testFacts({ ...(conversation === undefined ? {} : { conversation }), ...rest });
  const decision = plan(facts, table);
  const explained = explain(facts, table);
  expect(explained.kind).toBe(decision.kind);
  if (decision.kind !== 'plan') throw new Error(decision.kind);
  return {
    way: [decision.route, ...decision.attempts.map(({ target }) => target)],
    move: decision.move,
    steps: explained.explanation,
  };
};

describe('a running conversation', () => {
  it('[C23] goes where the rules lead when nothing binds it, or when it is there already', () => {
    expect(decide([rule(thinking)], undefined)).toMatchObject({ way: ['r', 'long'], move: undefined });
    expect(decide([rule(thinking)], on('long'))).toMatchObject({ way: ['r', 'long'], move: undefined });
    expect(decide([rule(thinking)], on('gone'))).toMatchObject({ way: ['r', 'long'], move: undefined });
  });

  it('[C23] stays with its target when the rule names no reason to move it, and the decision shows what that saves', () => {
    const { way, move, steps } = decide([rule(thinking)], on('default'));
    expect(way).toEqual(['affinity', 'default', 'local']);
    expect(move).toEqual({
      kept: true,
      from: 'default',
      to: 'long',
      cachedTokens: 90_000,
      because: 'the rule r names no reason to move a running conversation',
    });
    expect(steps.filter(({ fired }) => fired).map(({ rule: name }) => name)).toEqual(['affinity']);
    expect(steps.at(-1)?.because).toContain('90,000 cached tokens would be lost');
  });

  it('[C23] stays when no rule fires any more', () => {
    const { way, move } = decide([rule({ time: { from: 0, to: 1 } })], on('long'));
    expect(way).toEqual(['affinity', 'long']);
    expect(move?.because).toBe('no rule fires any more, which is no reason to leave');
  });

  it('[C23] moves when a turn begins, for the reason the rule names', () => {
    const reasoned = [rule(thinking, { moves: 'turn', reason: 'it thinks harder' })];
    expect(decide(reasoned, on('default'))).toMatchObject({
      way: ['r', 'long'],
      move: { kept: false, from: 'default', to: 'long', cachedTokens: 90_000, because: 'it thinks harder' },
    });
    expect(decide(reasoned, on('default', { turnBegins: false }))).toMatchObject({
      way: ['affinity', 'default', 'local'],
      move: { kept: true, because: 'the rule r moves conversations when a turn begins, and this one goes on' },
    });
    expect(decide(reasoned, on('default')).steps.at(-1)?.because).toBe(
      'the conversation moves from default to long: it thinks harder; 90,000 cached tokens are lost',
    );
  });

  it.each<[string, Rule, boolean]>([
    ['tokens', rule({ tokens: { over: 10_000 } }), true],
    ['an image', rule({ image: false }), true],
    ['a server tool', rule({ serverTool: ['web_*'] }), true],
    ['the class', rule({ class: ['subagent'] }), true],
    ['the kind of agent', rule({ agentType: ['Explore'] }), true],
    ['the model', rule({ model: ['*opus*'] }), true],
    ['a preset', rule({ legacy: { is: 'py-match-model', text: 'opus' } }, { preset: { name: 'py-match-model', params: {} } }), true],
    ['tokens among others', rule({ all: [thinking, { any: [{ tokens: { over: 1 } }] }] }), true],
    ['a tool', rule({ tool: { used: ['Read'] } }), false],
    ['the hour', rule({ time: { from: 0 } }), false],
    ['a header', rule({ header: { 'x-team': ['a*'] } }), false],
    ['what it is not', rule({ not: { model: ['*haiku*'] } }), false],
    ['tokens, but told not to', rule({ tokens: { over: 10_000 } }, { moves: 'never' }), false],
    ['a tool, but told to', rule({ tool: { used: ['Read'] } }, { moves: 'request' }), true],
  ])('[C23] a rule on %s moves it within a turn: %#', (_name, each, moves) => {
    const { way } = decide([each], on('default', { turnBegins: false }), { tokens: { estimate: 12_000, exact: true } });
    expect(way[0]).toBe(moves ? 'r' : 'affinity');
  });

  it('[C23] leaves a target that cannot be called, or whose window it has outgrown', () => {
    const table = compileRoutes(testConfig({ providers: [testProvider('anthropic'), testProvider('ollama', 'no key')] }));
    const decision = plan(testFacts({ conversation: on('local') }), table);
    expect(decision).toMatchObject({ route: 'default', move: { kept: false, because: 'local cannot be called: no key' } });
    expect(decide([rule(thinking)], on('local'), { tokens: { estimate: 32_001, exact: true } })).toMatchObject({
      way: ['r', 'long'],
      move: { kept: false, because: 'the conversation no longer fits into local' },
    });
  });

  it('[C23] stays with a fallback that took over until the turn is over', () => {
    expect(decide([], on('local', { turnBegins: false }))).toMatchObject({
      way: ['default', 'local', 'default'],
      move: { kept: true, because: 'local took over in this turn' },
    });
    expect(decide([], on('local'))).toMatchObject({
      way: ['default', 'default', 'local'],
      move: { kept: false, because: 'a turn begins, and default is the first choice' },
    });
  });

  it('[C23] goes at once where the client itself asks for', () => {
    expect(decide([rule(thinking)], on('default', { turnBegins: false }), { model: 'long' })).toMatchObject({
      way: ['selector', 'long'],
      move: undefined,
    });
  });
});
