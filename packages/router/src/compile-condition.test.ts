import type { Condition } from '@ccproxy/config';
import { describe, expect, it } from 'vitest';
import { compileCondition } from './compile-condition.js';
import { describeCondition } from './describe-condition.js';
import type { RequestFacts } from './plan.js';

const facts: RequestFacts = {
  model: 'claude-opus-5-5',
  class: 'subagent',
  agentType: undefined,
  stream: true,
  tokens: { estimate: 12_000, exact: false },
  sessionId: undefined,
};
const yes: Condition = { stream: true };
const no: Condition = { stream: false };

describe('compileCondition', () => {
  it.each<[Condition, boolean, string]>([
    [{ class: ['subagent'] }, true, 'the request class is subagent'],
    [{ class: ['main', 'auxiliary'] }, false, 'the request class is subagent, not main or auxiliary'],
    [{ class: [] }, false, 'the request class is subagent, not nothing'],
    [{ model: ['*haiku*', 'claude-*'] }, true, 'the model "claude-opus-5-5" matches "claude-*"'],
    [{ model: ['*haiku*'] }, false, 'the model "claude-opus-5-5" does not match "*haiku*"'],
    [{ tokens: { over: 10_000 } }, true, '12,000 input tokens (estimated) are over 10,000'],
    [{ tokens: { over: 12_000 } }, false, '12,000 input tokens (estimated) are not over 12,000'],
    [{ tokens: { under: 12_001 } }, true, '12,000 input tokens (estimated) are under 12,001'],
    [{ tokens: { under: 12_000 } }, false, '12,000 input tokens (estimated) are not under 12,000'],
    [{ tokens: { over: 10, under: 100 } }, false, '12,000 input tokens (estimated) are not over 10 and under 100'],
    [{ tokens: {} }, true, '12,000 input tokens (estimated) are limited'],
    [{ stream: true }, true, 'the client asked for a stream'],
    [{ stream: false }, false, 'the client asked for a stream'],
    [{ all: [yes, { class: ['subagent'] }] }, true, 'the client asked for a stream; the request class is subagent'],
    [{ all: [yes, no] }, false, 'the client asked for a stream'],
    [{ all: [] }, true, 'it asks for nothing'],
    [{ any: [no, { class: ['subagent'] }] }, true, 'the request class is subagent'],
    [{ any: [no, { class: ['main'] }] }, false, 'the client asked for a stream; the request class is subagent, not main'],
    [{ any: [] }, false, 'it lists no alternative'],
    [{ not: { class: ['main'] } }, true, 'not wanted: the request class is subagent, not main'],
    [{ not: { any: [yes, no] } }, false, 'not wanted: the client asked for a stream'],
  ])('[C1] %j is %s: %s', (condition, expected, because) => {
    expect(compileCondition(condition, 'rule').matches(facts, facts.tokens.estimate)).toBe(expected);
    expect(describeCondition(condition, facts, facts.tokens.estimate)).toEqual({ holds: expected, because });
  });

  it('[C1] a class condition does not hold when the client named none', () => {
    const silent = { ...facts, class: undefined, stream: false };
    expect(compileCondition({ class: ['main'] }, 'rule').matches(silent, 0)).toBe(false);
    expect(describeCondition({ class: ['main'] }, silent, 0).because).toBe('the client named no request class, not main');
    expect(describeCondition({ stream: false }, silent, 0)).toEqual({ holds: true, because: 'the client asked for no stream' });
  });

  it('collects the thresholds of every level', () => {
    const condition: Condition = { any: [{ tokens: { over: 5 } }, { not: { all: [{ tokens: { over: 1, under: 9 } }] } }] };
    expect(compileCondition(condition, 'rule').thresholds).toEqual([5, 1, 9]);
  });

  it('refuses a condition nested beyond reason, naming the rule', () => {
    let condition: Condition = yes;
    for (let depth = 0; depth < 10_000; depth++) condition = { not: condition };
    expect(() => compileCondition(condition, 'endless')).toThrow(
      expect.objectContaining({ code: 'CCP_ROUTE_TOO_DEEP', message: expect.stringContaining('endless') }),
    );
  });
});
