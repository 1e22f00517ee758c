import { readFileSync } from 'node:fs';
import { analyzeConfig } from '@ccproxy/config';
import { type HeaderFields, scanMessagesRequest } from '@ccproxy/wire';
import { describe, expect, it } from 'vitest';
import { compileRoutes } from './compile-routes.js';
import { plan } from './plan-route.js';
import { readFacts } from './read-facts.js';

const sources = { variable: () => undefined, file: () => Promise.resolve({ reason: 'none' }) };

/** A table with the given rules; every scenario has a target of its name. */
async function tableOf(routes: string) {
  const text = `
providers:
  p: { type: anthropic, apiKey: k, baseUrl: "http://127.0.0.1:1" }
  OpenRouter: { type: anthropic, apiKey: k, baseUrl: "http://127.0.0.1:1" }
models:
  default: { provider: p, model: d }
  hit: { provider: p, model: h }
  other: { provider: p, model: o }
plugins: { routing: { mine: { module: ./mine.mjs } } }
routes:
${routes}`;
  const { config, diagnostics } = await analyzeConfig(text, {
    file: 'c.yaml',
    directory: '/',
    home: '/',
    sources,
    overrides: undefined,
    shared: false,
  });
  expect(diagnostics.filter(({ severity }) => severity === 'error')).toEqual([]);
  if (config === undefined) throw new Error('no configuration');
  return compileRoutes(config);
}

interface Asked {
  readonly body?: object;
  readonly tokens?: number;
  readonly previousInput?: number;
  readonly headers?: HeaderFields;
  readonly custom?: object;
}

/** The route and target a body takes. */
async function route(routes: string, { body = {}, tokens = 100, previousInput, headers = {}, custom }: Asked): Promise<string> {
  const table = await tableOf(routes);
  const bytes = Buffer.from(JSON.stringify({ model: 'claude-opus-5-5', messages: [{ role: 'user', content: 'hi' }], ...body }));
  const scan = scanMessagesRequest(bytes);
  if (!scan.ok) throw new Error(scan.message);
  const read = readFacts(
    {
      body: bytes,
      view: scan.view,
      headers,
      tokens: { estimate: tokens, exact: true },
      project: undefined,
      user: undefined,
      at: 0,
      previousInput,
    },
    table.main,
  );
  const decision = plan({ ...read, ...custom }, table, { acceptEstimate: true });
  return decision.kind === 'plan' ? `${decision.route} ${decision.attempts[0]?.target}` : decision.kind;
}

const text = (length: number) => ({ messages: [{ role: 'user', content: 'word '.repeat(length) }] });
const image = { type: 'image', source: { type: 'base64', media_type: 'image/png', data: 'AAAA' } };
const user = (...content: unknown[]) => ({ role: 'user', content });
const assistant = { role: 'assistant', content: [{ type: 'tool_use', id: 't', name: 'Read', input: {} }] };

describe('presets of ccproxy for Python', () => {
  const at = (preset: string) => `  - { preset: ${preset}, to: hit }`;
  const [hits, misses] = [(name: string) => `${name} hit`, 'default default'];

  it.each<[string, Asked, boolean]>([
    ['text over the threshold', { body: text(4000) }, true],
    ['text below it', { body: text(100) }, false],
    ['text parts count', { body: { messages: [user({ type: 'text', text: 'word '.repeat(4000) })] } }, true],
    ['the system prompt does not', { body: { system: 'word '.repeat(40_000) }, tokens: 60_000 }, false],
    ['tools do not', { body: { tools: [{ name: 'a', description: 'word '.repeat(40_000), input_schema: {} }] }, tokens: 60_000 }, false],
    ['results of tools do not', { body: { messages: [user({ type: 'tool_result', content: 'word '.repeat(40_000) })] } }, false],
    ['a count the body claims does', { body: { num_tokens: 2001 } }, true],
    ['at the threshold it does not fire', { body: { input_tokens: 2000 } }, false],
  ])('[C1] TokenCountRule: %s', async (_name, asked, expected) => {
    expect(await route(at('py-token-count, threshold: 2000'), asked)).toBe(expected ? hits('py-token-count') : misses);
  });

  it.each<[string, string, boolean]>([
    ['a part of the model', 'opus', true],
    ['upper and lower case differ', 'Opus', false],
    ['a pattern is no pattern', 'claude-*', false],
    ['nothing matches everything', '', true],
  ])('[C1] MatchModelRule: %s', async (_name, model, expected) => {
    expect(await route(at(`py-match-model, model: ${JSON.stringify(model)}`), {})).toBe(expected ? hits('py-match-model') : misses);
  });

  it.each<[string, object, boolean]>([
    ['enabled', { thinking: { type: 'enabled', budget_tokens: 1 } }, true],
    ['disabled counts as thinking', { thinking: { type: 'disabled' } }, true],
    ['so does null', { thinking: null }, true],
    ['absent', {}, false],
  ])('[C1] ThinkingRule: %s', async (_name, body, expected) => {
    expect(await route(at('py-thinking'), { body })).toBe(expected ? hits('py-thinking') : misses);
  });

  const tool = (...names: string[]) => ({ tools: names.map((name) => ({ name, input_schema: {} })) });
  it.each<[string, string, object, boolean]>([
    ['a declared tool fires, used or not', 'WebSearch', tool('Bash', 'WebSearch'), true],
    ['upper and lower case are the same', 'websearch', tool('WebSearch'), true],
    ['a part of the name is enough', 'search', tool('WebSearch'), true],
    ['the real search request is missed', 'WebSearch', { tools: [{ type: 'web_search_20250305', name: 'web_search' }] }, false],
    ['tools in the other form', 'web', { tools: [{ function: { name: 'web' } }] }, true],
    ['tools that are only names', 'web', { tools: ['WebFetch'] }, true],
    ['no tool', 'web', {}, false],
  ])('[C1] MatchToolRule: %s', async (_name, wanted, body, expected) => {
    expect(await route(at(`py-match-tool, tool: ${wanted}`), { body })).toBe(expected ? hits('py-match-tool') : misses);
  });

  it('[C1] DefaultRule never fires', async () => {
    expect(await route(at('py-default'), {})).toBe(misses);
  });
});

describe('scenarios of claude-code-router', () => {
  const all = `
  - { preset: ccr-image, to: other, name: image }
  - { preset: ccr-custom, custom: mine, to: default }
  - { preset: ccr-explicit }
  - { preset: ccr-long-context, to: hit, name: long }
  - { preset: ccr-subagent }
  - { preset: ccr-background, to: hit, name: background }
  - { preset: ccr-web-search, to: hit, name: search }
  - { preset: ccr-think, to: hit, name: think }`;
  const silent = { custom: { custom: { mine: { holds: false } } } };
  const ask = (asked: Asked) => route(all, { ...silent, ...asked });
  const haiku = { model: 'claude-haiku-5-5' };
  const search = { tools: [{ type: 'web_search_20250305', name: 'web_search' }] };
  const think = { thinking: { type: 'adaptive' } };
  const tagged = (tag: string) => ({
    system: [
      { type: 'text', text: 'x' },
      { type: 'text', text: `${tag}rest` },
    ],
  });
  const tag = tagged('<CCR-SUBAGENT-MODEL>openrouter,a/b</CCR-SUBAGENT-MODEL>');

  it.each<[string, Asked, string]>([
    ['default', {}, 'default default'],
    ['explicit', { body: { model: 'p,x' } }, 'ccr-explicit p,x'],
    ['explicit splits at the first comma', { body: { model: 'p,a,b' } }, 'ccr-explicit p,a,b'],
    ['explicit: the name of the provider in lower case', { body: { model: 'openrouter,a/b' } }, 'ccr-explicit OpenRouter,a/b'],
    ['explicit: as it is written it is missed', { body: { model: 'OpenRouter,a/b' } }, 'refusal'],
    ['explicit skips everything below it', { body: { model: 'p,x', ...think }, tokens: 90_000 }, 'ccr-explicit p,x'],
    ['long context', { tokens: 60_001 }, 'long hit'],
    ['long context not at the threshold', { tokens: 60_000 }, 'default default'],
    ['long context after a long turn', { tokens: 20_001, previousInput: 60_001 }, 'long hit'],
    ['long context: a short request after a long turn', { tokens: 20_000, previousInput: 60_001 }, 'default default'],
    ['long context before the tag of a subagent', { body: tag, tokens: 70_000 }, 'long hit'],
    ['subagent', { body: tag }, 'ccr-subagent OpenRouter,a/b'],
    ['subagent: only in the second block', { body: { system: '<CCR-SUBAGENT-MODEL>p,x</CCR-SUBAGENT-MODEL>' } }, 'default default'],
    ['subagent: only at its beginning', { body: tagged(' <CCR-SUBAGENT-MODEL>p,x</CCR-SUBAGENT-MODEL>') }, 'default default'],
    ['subagent: a tag that names nothing', { body: tagged('<CCR-SUBAGENT-MODEL>x</CCR-SUBAGENT-MODEL>') }, 'refusal'],
    ['background', { body: haiku }, 'background hit'],
    ['background: upper and lower case differ', { body: { model: 'claude-Haiku' } }, 'default default'],
    ['background before web search and think', { body: { ...haiku, ...search, ...think } }, 'background hit'],
    ['web search', { body: search }, 'search hit'],
    ['web search before think', { body: { ...search, ...think } }, 'search hit'],
    ['web search: a tool of the client of that name is none', { body: { tools: [{ name: 'web_search' }] } }, 'default default'],
    ['think', { body: think }, 'think hit'],
    ['think: disabled counts as thinking', { body: { thinking: { type: 'disabled' } } }, 'think hit'],
    ['think: null does not', { body: { thinking: null } }, 'default default'],
    ['image in the last message', { body: { messages: [user(image)] } }, 'image other'],
    [
      'image in the result of a tool',
      { body: { messages: [user('x'), assistant, user({ type: 'tool_result', content: [image] })] } },
      'image other',
    ],
    ['an earlier image', { body: { messages: [user(image), assistant, user({ type: 'text', text: 'x' })] } }, 'default default'],
    ['image before everything', { body: { model: 'p,x', messages: [user(image)] } }, 'image other'],
    ['custom wins over the rest', { body: think, custom: { custom: { mine: { holds: true, to: 'p,x' } } } }, 'ccr-custom p,x'],
    ['custom that fails: the others run', { body: think, custom: { custom: { mine: { failed: 'thrown' } } } }, 'think hit'],
    ['custom that names nothing there is', { custom: { custom: { mine: { holds: true, to: 'nowhere,x' } } } }, 'default default'],
  ])('[C1] %s', async (_name, asked, expected) => {
    expect(await ask(asked)).toBe(expected);
  });

  it('[C1] a threshold of its own; and targets by name stay selectable behind `provider,model`', async () => {
    expect(await route('  - { preset: ccr-long-context, threshold: 50, to: hit }', { tokens: 51 })).toBe('ccr-long-context hit');
    expect(await ask({ body: { model: 'claude-via-hit' } })).toBe('selector hit');
  });
});

describe('presets in the documentation', () => {
  it('[C1] are all there', () => {
    const page = readFileSync(new URL('../../../docs/guide/routing.md', import.meta.url), 'utf8');
    for (const name of ['py-token-count', 'py-match-model', 'py-thinking', 'py-match-tool', 'py-default']) expect(page).toContain(name);
    for (const name of ['image', 'custom', 'explicit', 'long-context', 'subagent', 'background', 'web-search', 'think']) {
      expect(page).toContain(`ccr-${name}`);
    }
  });
});
