import type { Condition } from '@ccproxy/config';
import { describe, expect, it } from 'vitest';
import { compileCondition } from './compile-condition.js';
import { describeCondition } from './describe-condition.js';
import { estimatedCounts } from './exact-count.js';
import type { RequestFacts } from './request-facts.js';
import { testFacts } from './testing/test-facts.js';

const yes: Condition = { stream: true };
const no: Condition = { stream: false };
const ask = (condition: Condition, facts: RequestFacts) => {
  const counts = estimatedCounts(facts);
  const { leaves, matches } = compileCondition(condition, { rule: 'rule' });
  const described = describeCondition(condition, { facts, counts, leaves });
  expect(described.holds).toBe(matches(facts, counts));
  return described;
};

describe('compileCondition', () => {
  it.each<[Condition, boolean, string]>([
    [{ class: ['subagent'] }, true, 'the request class is subagent'],
    [{ class: ['main', 'auxiliary'] }, false, 'the request class is subagent, not main or auxiliary'],
    [{ class: [] }, false, 'the request class is subagent, not nothing'],
    [{ agentType: ['plan', 'expl*'] }, true, 'the kind of agent "Explore" matches "expl*"'],
    [{ agentType: ['Plan'] }, false, 'the kind of agent "Explore" does not match "Plan"'],
    [{ model: ['*haiku*', 'claude-*'] }, true, 'the model "claude-opus-5-5" matches "claude-*"'],
    [{ model: ['*haiku*'] }, false, 'the model "claude-opus-5-5" does not match "*haiku*"'],
    [{ tokens: { over: 10_000 } }, true, '12,000 input tokens (estimated) are over 10,000'],
    [{ tokens: { over: 12_000 } }, false, '12,000 input tokens (estimated) are not over 12,000'],
    [{ tokens: { under: 12_001 } }, true, '12,000 input tokens (estimated) are under 12,001'],
    [{ tokens: { under: 12_000 } }, false, '12,000 input tokens (estimated) are not under 12,000'],
    [{ tokens: { over: 10, under: 100 } }, false, '12,000 input tokens (estimated) are not over 10 and under 100'],
    [{ tokens: {} }, true, '12,000 input tokens (estimated) are limited'],
    [{ thinking: { type: ['enabled'] } }, true, 'it asks for thinking as "enabled" with a budget of 10,000'],
    [{ thinking: { type: ['adaptive', 'disabled'] } }, false, 'it asks for thinking as "enabled" with a budget of 10,000'],
    [{ thinking: { budgetOver: 9999 } }, true, 'it asks for thinking as "enabled" with a budget of 10,000 (over 9,999?)'],
    [{ thinking: { budgetOver: 10_000 } }, false, 'it asks for thinking as "enabled" with a budget of 10,000 (over 10,000?)'],
    [{ tool: { declared: ['mcp__*'] } }, true, 'a declared tool "mcp__github__search" matches "mcp__*"'],
    [{ tool: { declared: ['Edit'] } }, false, 'none of 2 matches "Edit": a declared tool'],
    [{ tool: { used: ['read'] } }, true, 'a tool called before "Read" matches "read"'],
    [{ tool: { used: ['Bash'] } }, false, 'a tool called before "Read" does not match "Bash"'],
    [{ tool: { forced: ['*'] } }, false, 'no tool is forced'],
    [
      { tool: { declared: ['Bash'], used: ['Bash'] } },
      false,
      'a declared tool "Bash" matches "Bash"; a tool called before "Read" does not match "Bash"',
    ],
    [{ serverTool: ['web_search*'] }, true, 'the server tool "web_search_20250305" matches "web_search*"'],
    [{ serverTool: ['code_*'] }, false, 'the server tool "web_search_20250305" does not match "code_*"'],
    [{ image: false }, true, 'it holds no image'],
    [{ image: true }, false, 'it holds no image'],
    [{ system: ['*secret*'] }, true, 'the system prompt matches "*secret*"'],
    [{ system: ['*public*'] }, false, 'the system prompt does not match "*public*"'],
    [{ header: { 'x-team': ['a*'] } }, true, 'the header x-team matches "a*"'],
    [{ header: { 'x-team': ['b*'] } }, false, 'the header x-team does not match "b*"'],
    [{ project: ['/home/*/shop'] }, true, 'the project "/home/ann/shop" matches "/home/*/shop"'],
    [{ project: ['/work*'] }, false, 'the project "/home/ann/shop" does not match "/work*"'],
    [{ session: ['ses-1'] }, true, 'the session "ses-1" matches "ses-1"'],
    [{ user: ['run-*'] }, true, 'the user "run-7" matches "run-*"'],
    [{ user: ['key-*'] }, false, 'the user "run-7" does not match "key-*"'],
    [{ stream: true }, true, 'the client asked for a stream'],
    [{ stream: false }, false, 'the client asked for a stream'],
    [{ time: { from: 1260, to: 1320 } }, true, '2026-11-20T21:30:00.000Z is within 21:00-22:00'],
    [{ time: { days: ['fri'], zone: 'Europe/Berlin' } }, true, '2026-11-20T21:30:00.000Z is within fri 00:00-24:00 Europe/Berlin'],
    [{ time: { days: ['fri'], zone: 'Asia/Tokyo' } }, false, '2026-11-20T21:30:00.000Z is not within fri 00:00-24:00 Asia/Tokyo'],
    [{ all: [yes, { class: ['subagent'] }] }, true, 'the client asked for a stream; the request class is subagent'],
    [{ all: [yes, no] }, false, 'the client asked for a stream'],
    [{ all: [] }, true, 'it asks for nothing'],
    [{ any: [no, { class: ['subagent'] }] }, true, 'the request class is subagent'],
    [{ any: [no, { class: ['main'] }] }, false, 'the client asked for a stream; the request class is subagent, not main'],
    [{ any: [] }, false, 'it lists no alternative'],
    [{ not: { class: ['main'] } }, true, 'not wanted: the request class is subagent, not main'],
    [{ not: { any: [yes, no] } }, false, 'not wanted: the client asked for a stream'],
  ])('[C1] %j is %s: %s', (condition, expected, because) => {
    expect(ask(condition, testFacts())).toEqual({ holds: expected, because });
  });

  const nothing = testFacts({
    class: undefined,
    agentType: undefined,
    sessionId: undefined,
    thinking: null,
    declaredTools: [],
    usedTools: [],
    serverTools: [],
    project: null,
    user: null,
    stream: false,
    image: true,
  });
  it.each<[Condition, boolean, string]>([
    [{ class: ['main'] }, false, 'the client named no request class, not main'],
    [{ agentType: ['*'] }, false, 'the client named no kind of agent'],
    [{ session: ['*'] }, false, 'the client named no session'],
    [{ thinking: { type: ['*'] } }, false, 'the request does not mention thinking'],
    [{ thinking: { budgetOver: 0 } }, false, 'the request does not mention thinking'],
    [{ tool: { declared: ['*'] } }, false, 'it declares no tool'],
    [{ tool: { used: ['*'] } }, false, 'no tool was called before'],
    [{ serverTool: ['*'] }, false, 'it declares no server tool'],
    [{ project: ['*'] }, false, 'it comes from no known project'],
    [{ user: ['*'] }, false, 'it came without a token'],
    [{ stream: false }, true, 'the client asked for no stream'],
    [{ image: true }, true, 'it holds an image'],
  ])('[C1] %j of a request that says nothing of it is %s: %s', (condition, expected, because) => {
    expect(ask(condition, nothing)).toEqual({ holds: expected, because });
  });

  const { model, agentType, stream, tokens, sessionId } = testFacts();
  const bare: RequestFacts = { model, class: undefined, agentType, stream, tokens, sessionId };
  it.each<Condition>([
    { thinking: { type: ['*'], budgetOver: 1 } },
    { tool: { declared: ['*'] } },
    { serverTool: ['*'] },
    { image: true },
    { system: ['x'] },
    { header: { a: ['x'] } },
    { project: ['*'] },
    { user: ['*'] },
    { time: { from: 60 } },
    { custom: 'mine' },
    { legacy: { is: 'ccr-think' } },
    { not: { image: true } },
    { all: [yes, { image: true }] },
    { any: [no, { image: true }] },
  ])('[C15] %j is neither true nor false where its fact was not kept', (condition) => {
    expect(ask(condition, bare).holds).toBeUndefined();
    expect(ask({ all: [no, condition] }, bare).holds).toBe(false);
    expect(ask({ any: [yes, condition] }, bare).holds).toBe(true);
  });

  it('says that a class was told from the request', () => {
    expect(ask({ class: ['subagent'] }, testFacts({ classGuessed: true })).because).toBe(
      'the request class is subagent (told from the request)',
    );
  });

  it.each([
    [{ mine: { holds: true } }, true, 'the module mine says yes'],
    [{ mine: { holds: true, to: 'local' } }, true, 'the module mine says yes, to "local"'],
    [{ mine: { holds: false } }, false, 'the module mine says no'],
    [{ mine: { failed: 'no answer' } }, undefined, 'the module mine failed: no answer (not known)'],
    [{}, undefined, 'the module mine was not asked (not known)'],
  ])('[C1] asks a routing module: %j is %s', (custom, holds, because) => {
    expect(ask({ custom: 'mine' }, testFacts({ custom }))).toEqual({ holds, because });
  });

  it('collects what it reads at every level', () => {
    const condition: Condition = {
      any: [
        { tokens: { over: 5 } },
        { not: { all: [{ tokens: { over: 1, under: 9 } }, { custom: 'mine' }] } },
        { system: ['*x*'] },
        { header: { 'x-a': ['1', '2'] } },
        { legacy: { is: 'py-token-count', threshold: 7 } },
      ],
    };
    expect(compileCondition(condition, { rule: 'rule' })).toMatchObject({
      thresholds: [5, 1, 8],
      textThresholds: [7],
      modules: ['mine'],
      system: ['*x*'],
      headers: [
        ['x-a', '1'],
        ['x-a', '2'],
      ],
      reads: new Set(['custom', 'matches', 'legacy']),
    });
  });

  it('refuses a condition nested beyond reason, naming the rule', () => {
    let condition: Condition = yes;
    for (let depth = 0; depth < 10_000; depth++) condition = { not: condition };
    expect(() => compileCondition(condition, { rule: 'endless' })).toThrow(
      expect.objectContaining({ code: 'CCP_ROUTE_TOO_DEEP', message: expect.stringContaining('endless') }),
    );
  });
});

describe('time windows', () => {
  const at = (text: string) => Date.parse(text);
  it.each<[string, Extract<Condition, { time: unknown }>['time'], string, boolean]>([
    ['inside', { from: 540, to: 1020 }, '2026-11-20T09:00Z', true],
    ['at its end', { from: 540, to: 1020 }, '2026-11-20T17:00Z', false],
    ['over midnight, late', { from: 1320, to: 360 }, '2026-11-20T23:00Z', true],
    ['over midnight, early', { from: 1320, to: 360 }, '2026-11-20T05:59Z', true],
    ['over midnight, by day', { from: 1320, to: 360 }, '2026-11-20T12:00Z', false],
    ['the night of Friday, on Saturday', { days: ['fri'], from: 1320, to: 360 }, '2026-11-21T05:00Z', true],
    ['the night before Friday', { days: ['fri'], from: 1320, to: 360 }, '2026-11-20T05:00Z', false],
    ['a weekend', { days: ['sat', 'sun'] }, '2026-11-22T12:00Z', true],
    ['summer time', { from: 540, to: 600, zone: 'Europe/Berlin' }, '2026-07-01T07:30Z', true],
    ['no moment at all', { from: 0 }, 'never', false],
  ])('[C1] %s', (_name, time, moment, expected) => {
    expect(ask({ time }, testFacts({ at: at(moment) })).holds).toBe(expected);
  });
});
