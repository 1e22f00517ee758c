import type { Condition, Rule } from '@ccproxy/config';
import { describe, expect, it } from 'vitest';
import { compileRoutes } from './compile-routes.js';
import { describeRule } from './describe-rule.js';
import { pastDecision } from './past-decision.js';
import { type PastDecision, replayDecisions } from './replay-decisions.js';
import type { RequestFacts } from './request-facts.js';
import { testConfig, testProvider } from './testing/test-config.js';
import { testFacts } from './testing/test-facts.js';

const rule = (name: string, when: Condition, to = 'local'): Rule => ({ name, when, to, fallback: [] });
const minute = 60_000;
const past = (number: number, facts: Partial<RequestFacts> = {}, rest: Partial<PastDecision> = {}): PastDecision => ({
  requestId: `req-${number}`,
  at: number * minute,
  facts: { ...testFacts({ tokens: { estimate: number * 1000, exact: false }, ...facts }) },
  route: 'default',
  target: 'default',
  inputTokens: 10,
  outputTokens: 5,
  cacheReadTokens: 1000,
  ...rest,
});
const replay = (decisions: readonly PastDecision[], ...routes: Rule[]) => replayDecisions(decisions, compileRoutes(testConfig({ routes })));

describe('replayDecisions', () => {
  const conversation = [past(1), past(2), past(3), past(4)];

  it('[C15] says what would move, with its tokens, and what of the cache would be lost', () => {
    const result = replay(conversation.toReversed(), rule('big', { tokens: { over: 2500 } }));
    expect(result.moved.map(({ requestId, from, to }) => [requestId, from.target, to.route, to.target])).toEqual([
      ['req-3', 'default', 'big', 'local'],
      ['req-4', 'default', 'big', 'local'],
    ]);
    // One change of target in the conversation: what the third request read from the cache would be new there.
    expect(result).toMatchObject({ requests: 4, movedTokens: { input: 2020, output: 10 }, lostCacheTokens: 1000, sparedChanges: 0 });
  });

  it('[C15] a conversation that moves as a whole loses no cache, nor one that rested for long', () => {
    expect(replay(conversation, rule('all', { model: ['*'] }))).toMatchObject({ movedTokens: { input: 4040 }, lostCacheTokens: 0 });
    const apart = [past(1), past(30, { tokens: { estimate: 3000, exact: true } })];
    expect(replay(apart, rule('big', { tokens: { over: 2500 } })).lostCacheTokens).toBe(0);
    const others = [past(1), past(2, { sessionId: 'another', tokens: { estimate: 3000, exact: true } })];
    expect(replay(others, rule('big', { tokens: { over: 2500 } })).lostCacheTokens).toBe(0);
    const flapping = [past(1, {}, { target: 'local' }), past(2), past(3, {}, { target: 'local' })];
    expect(replay(flapping).sparedChanges).toBe(2);
  });

  it('[C15] says which requests cannot be told, and by which rule', () => {
    const old = past(1);
    const { usedTools: _, ...facts } = old.facts;
    const result = replay(
      [{ ...old, facts }, past(2, { usedTools: [] }), { ...past(3), facts: {} }],
      rule('tool', { tool: { used: ['Read'] } }),
    );
    expect(result).toMatchObject({ moved: [], undecided: { tool: 1, 'an unreadable record': 1 } });
    const asks = compileRoutes({
      ...testConfig({ routes: [rule('mine', { custom: 'mine' })] }),
      plugins: { routing: { mine: { name: 'mine', module: '/m', timeout: 1, body: false, onFailure: 'skip' } } },
    });
    expect(replayDecisions([past(1)], asks).undecided).toEqual({ 'custom:mine': 1 });
    expect(replay([past(1)], rule('system', { system: ['*new*'] })).undecided).toEqual({ system: 1 });
    expect(replay([past(1)], rule('system', { system: ['*secret*'] })).moved).toHaveLength(1);
  });

  it('[C15] says which requests would be refused', () => {
    const table = compileRoutes(testConfig({ providers: [testProvider('anthropic', 'no key')] }));
    expect(replayDecisions([past(1), past(2, { model: 'nobody,x' })], table).refused).toEqual([
      { requestId: 'req-1', because: 'the route default leads to no target that can be called' },
      { requestId: 'req-2', because: expect.stringContaining('names no provider "nobody"') },
    ]);
  });
});

describe('pastDecision', () => {
  it('[C15] reads a record of the log, whatever of it is missing', () => {
    const usage = { inputTokens: 3, cacheCreationTokens: 4, cacheReadTokens: 5, outputTokens: 6 };
    const record = { requestId: 'r', at: 9, facts: { model: 'm' }, route: 'a', attempts: ['x', 'y'], target: 'y', usage };
    expect(pastDecision(record)).toEqual({
      requestId: 'r',
      at: 9,
      facts: { model: 'm' },
      route: 'a',
      target: 'y',
      inputTokens: 7,
      outputTokens: 6,
      cacheReadTokens: 5,
    });
    expect(pastDecision({ requestId: 'r', attempts: ['x'], usage: { inputTokens: -1, outputTokens: '7' } })).toMatchObject({
      target: 'x',
      inputTokens: 0,
      outputTokens: 0,
      facts: {},
    });
    expect(pastDecision({ attempts: 7 })).toBeUndefined();
  });
});

describe('describeRule', () => {
  it.each<[Rule, string]>([
    [rule('a', { tokens: { over: 180_000 } }), 'tokens over 180,000'],
    [
      rule('a', { all: [{ class: ['main', 'subagent'] }, { not: { any: [{ image: true }, { stream: false }] } }] }),
      'class main or subagent and not (image true or stream false)',
    ],
    [rule('a', { tool: { declared: ['a'], used: ['b'] } }), 'tool declared a, used b'],
    [rule('a', { header: { 'x-a': ['1'] } }), 'header x-a 1'],
    [rule('a', { time: { days: ['fri'], from: 1320, to: 390 } }), 'time fri 22:00-06:30'],
    [{ name: 'a', selector: 'any' }, 'a target or provider named in the model'],
    [{ name: 'a', selector: 'comma', preset: { name: 'ccr-explicit', params: {} } }, 'preset ccr-explicit'],
    [
      { ...rule('a', { all: [] }), preset: { name: 'ccr-long-context', params: { threshold: 60_000 } } },
      'preset ccr-long-context, threshold 60000',
    ],
  ])('[C15] puts %j in words', (each, expected) => {
    expect(describeRule(each)).toBe(expected);
  });
});
