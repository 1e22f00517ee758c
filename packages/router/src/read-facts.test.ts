import type { Condition, Rule } from '@ccproxy/config';
import { type HeaderFields, readSystemTexts, scanMessagesRequest } from '@ccproxy/wire';
import { describe, expect, it } from 'vitest';
import { compileRoutes } from './compile-routes.js';
import { type FactSource, readFacts } from './read-facts.js';
import { factsOfRecord, recordedFacts } from './recorded-facts.js';
import { withoutSelectorTag } from './selector-tag.js';
import { testConfig } from './testing/test-config.js';

const source = (body: object, headers: HeaderFields = {}, rest: Partial<FactSource> = {}): FactSource => {
  const bytes = Buffer.from(JSON.stringify({ model: 'claude-x', messages: [{ role: 'user', content: 'hi' }], ...body }));
  const scan = scanMessagesRequest(bytes);
  if (!scan.ok) throw new Error(scan.message);
  const tokens = { estimate: 10, exact: false };
  return { body: bytes, view: scan.view, headers, tokens, project: undefined, user: undefined, at: 5, ...rest };
};
const setOf = (...conditions: Condition[]) => {
  const routes = conditions.map((when, index): Rule => ({ name: `r${index}`, when, to: 'local', fallback: [] }));
  return compileRoutes(testConfig({ routes })).main;
};
const read = (of: FactSource, ...conditions: Condition[]) => readFacts(of, setOf(...conditions));

describe('readFacts', () => {
  const full = {
    thinking: { type: 'enabled', budget_tokens: 9 },
    tools: [{ name: 'Bash' }, { name: 'x', type: 'custom' }, { name: 'web_search', type: 'web_search_20250305' }, {}],
    tool_choice: { type: 'tool', name: 'Bash' },
    messages: [{ role: 'assistant', content: [{ type: 'tool_use', name: 'Read' }, { type: 'image' }] }],
    system: [
      { type: 'text', text: 'You are "secret"\nagent' },
      { type: 'text', text: 'two' },
    ],
    stream: true,
  };

  it('[C1] reads what the rules ask, and nothing else', () => {
    expect(read(source(full), { model: ['*'] })).toEqual({
      model: 'claude-x',
      class: undefined,
      agentType: undefined,
      stream: true,
      tokens: { estimate: 10, exact: false },
      sessionId: undefined,
    });
    expect(Object.keys(read(source(full), { image: true }))).toContain('image');
    expect(Object.keys(read(source(full), { image: true }))).not.toContain('thinking');
  });

  it('[C1] reads every fact a rule can ask for', () => {
    const facts = read(
      source(full, { 'x-team': 'alpha', authorization: 'Bearer secret-of-the-client' }, { project: '/p', user: 'run-1' }),
      { thinking: { type: ['x'] } },
      { tool: { declared: ['x'], used: ['x'], forced: ['x'] } },
      { serverTool: ['x'] },
      { image: true },
      { system: ['*"secret"?agent*', '*three*', 'you*two'] },
      { header: { 'x-team': ['a*', 'b*'], 'x-none': ['*'], authorization: ['*'] } },
      { project: ['x'] },
      { user: ['x'] },
      { time: { from: 1 } },
      { legacy: { is: 'py-thinking' } },
    );
    expect(facts).toMatchObject({
      thinking: { type: 'enabled', budget: 9 },
      declaredTools: ['Bash', 'x'],
      usedTools: ['Read'],
      forcedTool: 'Bash',
      serverTools: ['web_search_20250305'],
      image: true,
      matches: {
        'system *"secret"?agent*': true,
        'system *three*': false,
        'system you*two': true,
        'header x-team a*': true,
        'header x-team b*': false,
        'header x-none *': false,
        'header authorization *': false,
      },
      project: '/p',
      user: 'run-1',
      at: 5,
      legacy: { thinking: 'truthy', lastUserImage: false, statedTokens: 0, toolNames: ['Bash', 'x', 'web_search'] },
    });
    expect(JSON.stringify(facts)).not.toContain('agent"');
    expect(JSON.stringify(facts)).not.toContain('secret-of');
    const none = read(source({}), { thinking: { type: ['x'] } }, { tool: { forced: ['x'] } }, { project: ['x'] }, { user: ['x'] });
    expect(none).toMatchObject({ thinking: null, forcedTool: null, project: null, user: null });
  });

  it('[C1] a system prompt of any length costs no time', () => {
    const facts = read(source({ system: 'a'.repeat(3_000_000) }), { system: ['*b*', `${'*a?'.repeat(200)}b`, 'a*'] });
    expect(Object.values(facts.matches ?? {})).toEqual([false, false, true]);
  });
});

describe('the class of a request', () => {
  const asks: Condition = { class: ['main'] };
  const of = (body: object, headers: HeaderFields = {}) => {
    const facts = read(source(body, headers), asks);
    return `${facts.class}${facts.classGuessed === true ? ' guessed' : ''}`;
  };
  const tools = [{ name: 'Bash' }];
  const webSearch = { type: 'web_search_20250305', name: 'web_search' };
  const search = { role: 'user', content: [{ type: 'text', text: 'Perform a web search for the query: weather' }] };
  const attribution = (more: string) => ({
    tools,
    system: [{ type: 'text', text: `x-anthropic-billing-header: cc_version=2.1.328.abc;${more}` }],
  });

  it.each<[string, object, HeaderFields, string]>([
    ['the client names it', { tools }, { 'x-claude-code-request-class': 'workflow' }, 'workflow'],
    ['the client names one nobody knows', { tools }, { 'x-claude-code-request-class': 'brand-new' }, 'main guessed'],
    ['a subagent by its id', { tools }, { 'x-claude-code-agent-id': 'a1' }, 'subagent guessed'],
    ['a subagent by its attribution', attribution(' cc_is_subagent=true;'), {}, 'subagent guessed'],
    ['the same words in a prompt', { tools, system: `${'x'.repeat(600)} cc_is_subagent=true` }, {}, 'main guessed'],
    ['a main turn', attribution(''), {}, 'main guessed'],
    [
      'a compaction',
      {
        tools,
        messages: [
          { role: 'user', content: 'CRITICAL: Respond with TEXT ONLY. …' },
          { role: 'system', content: [] },
        ],
      },
      {},
      'compaction guessed',
    ],
    [
      'the sentence of a compaction earlier',
      {
        tools,
        messages: [
          { role: 'user', content: 'CRITICAL: Respond with TEXT ONLY' },
          { role: 'user', content: 'x' },
        ],
      },
      {},
      'main guessed',
    ],
    [
      'a compaction after a tool, the result of which comes first',
      {
        tools,
        messages: [
          {
            role: 'user',
            content: [
              { type: 'tool_result', tool_use_id: 't', content: [{ type: 'text', text: 'x' }] },
              { type: 'text', text: 'CRITICAL: Respond with TEXT ONLY. …', cache_control: { type: 'ephemeral' } },
            ],
          },
        ],
      },
      {},
      'compaction guessed',
    ],
    [
      'the sentence of a compaction in the result of a tool',
      {
        tools,
        messages: [
          { role: 'user', content: [{ type: 'tool_result', content: [{ type: 'text', text: 'CRITICAL: Respond with TEXT ONLY' }] }] },
        ],
      },
      {},
      'main guessed',
    ],
    ['a search', { tools: [webSearch], messages: [search] }, {}, 'auxiliary guessed'],
    ['its words beside other tools', { tools: [webSearch, ...tools], messages: [search] }, {}, 'main guessed'],
    ['its words and no search', { tools, messages: [search] }, {}, 'main guessed'],
    ['another prompt with the search alone', { tools: [webSearch], messages: [{ role: 'user', content: 'search' }] }, {}, 'main guessed'],
    ['a title', { output_config: { format: { type: 'json_schema' } } }, {}, 'auxiliary guessed'],
    ['a probe of one token', { max_tokens: 1 }, {}, 'auxiliary guessed'],
    ['a prompt without tools', { output_config: { effort: 'high' } }, {}, 'main guessed'],
    ['structured output of a main turn', { tools, output_config: { format: { type: 'json_schema' } } }, {}, 'main guessed'],
  ])('[C1] %s', (_name, body, headers, expected) => {
    expect(of(body, headers)).toBe(expected);
  });

  it('[C1] is told only where a rule asks for it', () => {
    expect(read(source({}, { 'x-claude-code-agent-id': 'a' }), { model: ['*'] }).class).toBeUndefined();
    expect(read(source({}, { 'x-claude-code-request-class': 'main' }), { model: ['*'] }).class).toBe('main');
  });
});

describe('withoutSelectorTag', () => {
  it('[C1] takes the tag out and leaves every other byte', () => {
    const system = [
      { type: 'text', text: 'a' },
      { type: 'text', text: '<CCR-SUBAGENT-MODEL>p,é</CCR-SUBAGENT-MODEL>do "it"', x: 1 },
    ];
    const { body, view } = source({ system, unknown: [1, { y: 'é' }] });
    const cut = withoutSelectorTag(body, readSystemTexts(body, view.system));
    const expected = body.toString().replace('<CCR-SUBAGENT-MODEL>p,é</CCR-SUBAGENT-MODEL>', '');
    expect(cut.toString()).toBe(expected);
    const plain = source({ system: 'a' });
    expect(withoutSelectorTag(plain.body, readSystemTexts(plain.body, plain.view.system))).toBe(plain.body);
  });
});

describe('recorded facts', () => {
  it('[C15] hold what other rules may ask later, and no prompt', () => {
    const of = source({ system: 'a prompt', messages: [{ role: 'user', content: 'another prompt' }], tools: [{ name: 'Bash' }] });
    const facts = read(of, { system: ['*prompt*'] });
    const recorded = recordedFacts({ facts, view: of.view, project: '/p', user: undefined, at: 7 });
    expect(JSON.stringify({ ...recorded, matches: {} })).not.toContain('prompt');
    const back = factsOfRecord(JSON.parse(JSON.stringify(recorded)) as Record<string, unknown>);
    expect(back).toEqual({ ...recorded });
    expect(back).toMatchObject({ project: '/p', user: null, at: 7, declaredTools: ['Bash'], image: false, thinking: null });
  });

  it('[C15] keep no more names than are worth their room, and know it', () => {
    const of = source({ tools: Array.from({ length: 500 }, (_, index) => ({ name: `mcp__server__tool_${index}` })) });
    const facts = read(of, { legacy: { is: 'py-thinking' } });
    const recorded = recordedFacts({ facts, view: of.view, project: undefined, user: undefined, at: 7 });
    expect(recorded.declaredTools).toHaveLength(129);
    const back = factsOfRecord({ ...recorded });
    expect([back?.declaredTools, back?.legacy]).toEqual([undefined, undefined]);
  });

  it('[C15] are read back as unknown where the log cut them, and not at all when nothing can be told', () => {
    const base = { model: 'm', tokens: { estimate: 1 } };
    expect(factsOfRecord({})).toBeUndefined();
    expect(factsOfRecord({ model: 'm', tokens: { estimate: 'NaN' } })).toBeUndefined();
    const cut = factsOfRecord({
      ...base,
      declaredTools: ['a', '… (900 items)'],
      matches: { a: true, '…': '(3 entries)' },
      usedTools: [7],
      image: 'x',
    });
    expect(cut).toEqual({
      model: 'm',
      class: undefined,
      agentType: undefined,
      sessionId: undefined,
      stream: false,
      tokens: { estimate: 1, exact: false },
    });
  });
});
