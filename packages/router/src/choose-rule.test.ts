import type { Condition, Rule } from '@ccproxy/config';
import { describe, expect, it } from 'vitest';
import { compileRoutes } from './compile-routes.js';
import { explain, plan } from './plan-route.js';
import { testConfig } from './testing/test-config.js';
import { testFacts } from './testing/test-facts.js';

const modules = (onFailure: 'skip' | 'refuse' = 'skip') => ({
  routing: { mine: { name: 'mine', module: '/m.mjs', timeout: 100, body: false, onFailure } },
});
const rule = (name: string, when: Condition, to = 'local'): Rule => ({ name, when, to, fallback: [] });
const everything: Condition = { model: ['*'] };
const tableOf = (routes: readonly Rule[], onFailure?: 'refuse') =>
  compileRoutes({ ...testConfig({ routes }), plugins: modules(onFailure) });
const way = (decision: ReturnType<typeof plan>) =>
  decision.kind === 'plan'
    ? `${decision.route} ${decision.attempts[0]?.target}`
    : decision.kind === 'need'
      ? decision.needs.join(' ')
      : decision.message;

describe('the place of the selector', () => {
  const first: Rule = { name: 'long-context', when: { tokens: { over: 10_000 } }, to: 'long', fallback: [] };
  const selector: Rule = { name: 'named', selector: 'any' };

  it('[C1] is the first, unless a rule gives it another one', () => {
    const facts = testFacts({ model: 'local', tokens: { estimate: 12_000, exact: true } });
    expect(way(plan(facts, tableOf([first])))).toBe('selector local');
    expect(way(plan(facts, tableOf([first, selector])))).toBe('long-context long');
    expect(way(plan(facts, tableOf([selector, first])))).toBe('named local');
    expect(way(plan({ ...facts, tokens: { estimate: 1, exact: true } }, tableOf([first, selector])))).toBe('named local');
  });

  it('[C1] a rule before it never sends the name of a target as a model', () => {
    const facts = testFacts({ model: 'claude-via-local' });
    const table = tableOf([rule('all', everything, 'default'), selector]);
    expect(way(plan(facts, table))).toBe('named local');
    expect(plan(facts, table)).toMatchObject({
      explanation: [{ rule: 'all', because: 'it keeps the model of the request, and "claude-via-local" names a target' }],
    });
    expect(way(plan(testFacts({ model: 'claude-via-gone' }), tableOf([rule('all', everything, 'long'), selector])))).toBe('all long');
  });

  it('[C15] is explained at its place', () => {
    const steps = explain(testFacts(), tableOf([first, selector])).explanation;
    expect(steps.map(({ rule: name, fired }) => [name, fired])).toEqual([['long-context', true]]);
    const others = explain(testFacts({ tokens: { estimate: 1, exact: true } }), tableOf([first, selector])).explanation;
    expect(others.map(({ rule: name }) => name)).toEqual(['long-context', 'named', 'default']);
    expect(explain(testFacts({ model: 'p,' }), tableOf([selector])).explanation).toEqual([
      { rule: 'named', fired: false, because: expect.stringContaining('names no model after the comma') },
    ]);
  });
});

describe('routing modules', () => {
  const asks = [rule('asked', { custom: 'mine' }), rule('next', everything, 'long')];
  const answered = (mine: object) => testFacts({ custom: { mine: mine as { holds: boolean } } });

  it('[C1] are asked only when a rule depends on them', () => {
    expect(way(plan(testFacts(), tableOf(asks)))).toBe('custom:mine');
    expect(way(plan(testFacts(), tableOf([rule('before', everything), ...asks])))).toBe('before local');
    expect(way(plan(testFacts(), tableOf([rule('no', { all: [{ stream: false }, { custom: 'mine' }] })])))).toBe('default default');
    expect(explain(testFacts(), tableOf(asks))).toMatchObject({ message: 'The decision needs custom:mine.' });
  });

  it('[C1] decide, also where to', () => {
    expect(way(plan(answered({ holds: true }), tableOf(asks)))).toBe('asked local');
    expect(way(plan(answered({ holds: false }), tableOf(asks)))).toBe('next long');
    expect(way(plan(answered({ holds: true, to: 'long' }), tableOf(asks)))).toBe('asked long');
    expect(way(plan(answered({ holds: true, to: 'gemini,x' }), tableOf(asks)))).toBe('asked gemini,x');
  });

  it('[C4] fail alone: the rule is passed over and says why, or the request is refused where that is wanted', () => {
    const failed = answered({ failed: 'it did not answer within 100 ms' });
    expect(plan(failed, tableOf(asks))).toMatchObject({
      route: 'next',
      explanation: [{ rule: 'asked', fired: false, because: 'the module mine failed: it did not answer within 100 ms' }],
    });
    expect(way(plan(failed, tableOf(asks, 'refuse')))).toContain('The rule asked cannot be asked');
    expect(plan(answered({ holds: true, to: 'nowhere' }), tableOf(asks))).toMatchObject({
      route: 'next',
      explanation: [{ because: 'the module mine names "nowhere", which is no target' }],
    });
    expect(way(plan(testFacts(), tableOf([rule('odd', { custom: 'other' }), ...asks.slice(1)])))).toBe('next long');
    expect(way(plan(failed, tableOf([rule('not', { not: { custom: 'mine' } }), ...asks.slice(1)])))).toBe('next long');
  });
});

describe('a rule that cannot be asked', () => {
  it('[C4] is set aside with its reason, and the others go on', () => {
    let deep: Condition = everything;
    for (let depth = 0; depth < 200; depth++) deep = { not: deep };
    const table = tableOf([rule('deep', deep), rule('zone', { time: { from: 1, zone: 'Nowhere/At_All' } }), rule('next', everything)]);
    expect(table.problems).toEqual([
      expect.stringContaining('The rule deep never fires: The condition of the rule deep is nested'),
      expect.stringContaining('The rule zone never fires'),
    ]);
    expect(way(plan(testFacts(), table))).toBe('next local');
    expect(explain(testFacts(), table).explanation.map(({ rule: name, fired }) => [name, fired])).toEqual([
      ['selector', false],
      ['deep', false],
      ['zone', false],
      ['next', true],
    ]);
  });

  it('[C4] is passed over when a fact it asks is not known or makes no sense', () => {
    const { model, agentType, stream, tokens, sessionId } = testFacts();
    const bare = { model, class: undefined, agentType, stream, tokens, sessionId };
    expect(way(plan(bare, tableOf([rule('image', { image: true }), rule('next', everything)])))).toBe('next local');
    const odd = testFacts({ declaredTools: [7] as unknown as string[] });
    const table = tableOf([rule('tool', { tool: { declared: ['x*'] } }), rule('next', everything)]);
    expect(plan(odd, table)).toMatchObject({
      route: 'next',
      explanation: [{ rule: 'tool', because: expect.stringContaining('it failed') }],
    });
  });
});
