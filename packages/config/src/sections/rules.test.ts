import { describe, expect, it } from 'vitest';
import { analyzeProject } from '../analyze-project.js';
import { analyze, summarize } from '../testing/analyze.js';

const base =
  'providers: { demo: { type: demo } }\nmodels: { default: { provider: demo } }\nplugins: { routing: { mine: { module: ./m.mjs } } }\n';
const rules = (...lines: string[]) => analyze(`${base}routes:\n${lines.map((line) => `  - ${line}\n`).join('')}`);
const when = async (condition: string) => {
  const { config, diagnostics } = await rules(`{ name: a, when: ${condition}, to: default }`);
  expect(diagnostics.filter(({ severity }) => severity === 'error')).toEqual([]);
  const [rule] = config?.routes ?? [];
  return rule !== undefined && 'when' in rule ? rule.when : undefined;
};

describe('conditions', () => {
  it.each<[string, object]>([
    ['{ agentType: [Explore, "general-*"] }', { agentType: ['Explore', 'general-*'] }],
    ['{ thinking: { type: enabled, budgetOver: 10000 } }', { thinking: { type: ['enabled'], budgetOver: 10_000 } }],
    ['{ tool: { declared: "mcp__*", used: [Bash], forced: x } }', { tool: { declared: ['mcp__*'], used: ['Bash'], forced: ['x'] } }],
    ['{ serverTool: "web_search*" }', { serverTool: ['web_search*'] }],
    ['{ image: true }', { image: true }],
    ['{ system: "*secret*" }', { system: ['*secret*'] }],
    ['{ header: { X-Team: [a, b], x-app: cli } }', { header: { 'x-team': ['a', 'b'], 'x-app': ['cli'] } }],
    ['{ project: "/home/*" }', { project: ['/home/*'] }],
    ['{ session: abc }', { session: ['abc'] }],
    ['{ user: "run-*" }', { user: ['run-*'] }],
    ['{ time: { days: [sat, sun] } }', { time: { days: ['sat', 'sun'] } }],
    [
      '{ time: { days: fri, from: "22:00", to: 06:30, zone: Europe/Berlin } }',
      { time: { days: ['fri'], from: 1320, to: 390, zone: 'Europe/Berlin' } },
    ],
    ['{ time: { to: "24:00" } }', { time: { to: 1440 } }],
    ['{ custom: mine }', { custom: 'mine' }],
    ['{ image: true, stream: false, custom: mine }', { all: [{ image: true }, { stream: false }, { custom: 'mine' }] }],
  ])('[C1] %s', async (text, expected) => {
    expect(await when(text)).toEqual(expected);
  });

  it.each([
    ['{ header: { Authorization: "*" } }', 'CCP_CONFIG_INVALID'],
    ['{ header: { x-api-key: "*" } }', 'CCP_CONFIG_INVALID'],
    ['{ header: { "not a header": "*" } }', 'CCP_CONFIG_INVALID'],
    ['{ header: {} }', 'CCP_CONFIG_INVALID'],
    ['{ time: {} }', 'CCP_CONFIG_INVALID'],
    ['{ time: { from: "25:00" } }', 'CCP_CONFIG_INVALID'],
    ['{ time: { from: noon } }', 'CCP_CONFIG_INVALID'],
    ['{ time: { days: [someday] } }', 'CCP_CONFIG_INVALID'],
    ['{ time: { from: "9:00", zone: Mars/Olympus } }', 'CCP_CONFIG_INVALID'],
    ['{ tool: {} }', 'CCP_CONFIG_INVALID'],
    ['{ thinking: {} }', 'CCP_CONFIG_INVALID'],
    ['{ image: maybe }', 'CCP_CONFIG_INVALID'],
    ['{ tool: { used: x, called: x } }', 'CCP_CONFIG_UNKNOWN_KEY'],
    ['{ custom: nobody }', 'CCP_CONFIG_REFERENCE'],
    ['{ any: [ { not: { custom: mein } } ] }', 'CCP_CONFIG_REFERENCE'],
  ])('[C7] refuses %s', async (condition, code) => {
    const { diagnostics } = await rules(`{ name: a, when: ${condition}, to: default }`);
    expect(diagnostics.map((found) => [found.code, found.where.line])).toEqual([[code, 5]]);
  });
});

describe('rules', () => {
  it('[C1] a preset is a rule at its place, by its own name or another', async () => {
    const { config } = await rules(
      '{ preset: py-token-count, threshold: 60000, to: default }',
      '{ preset: py-match-model, model: "", to: default, name: all }',
      '{ preset: ccr-long-context, to: default }',
      '{ preset: ccr-explicit }',
      '{ name: named, selector: true }',
    );
    expect(config?.routes).toEqual([
      {
        name: 'py-token-count',
        when: { legacy: { is: 'py-token-count', threshold: 60_000 } },
        to: 'default',
        fallback: [],
        preset: { name: 'py-token-count', params: { threshold: 60_000 } },
      },
      expect.objectContaining({ name: 'all', when: { legacy: { is: 'py-match-model', text: '' } } }),
      expect.objectContaining({ name: 'ccr-long-context', when: { legacy: { is: 'ccr-long-context', threshold: 60_000 } } }),
      { name: 'ccr-explicit', selector: 'comma', preset: { name: 'ccr-explicit', params: {} } },
      { name: 'named', selector: 'any' },
    ]);
  });

  it('[C23] a rule with a reason moves conversations when a turn begins', async () => {
    const { config } = await rules(
      '{ name: a, when: { stream: true }, to: default, reason: because }',
      '{ name: b, when: { stream: true }, to: default, moves: never, reason: no }',
    );
    expect(config?.routes).toMatchObject([
      { moves: 'turn', reason: 'because' },
      { moves: 'never', reason: 'no' },
    ]);
  });

  it.each([
    ['{ preset: py-token-count, to: default }', ['routes[0].threshold']],
    ['{ preset: py-tokens, to: default }', ['routes[0].preset']],
    ['{ preset: ccr-think }', ['routes[0].to']],
    ['{ preset: ccr-think, to: default, threshold: 5 }', ['routes[0].threshold']],
    ['{ preset: ccr-think, to: default, when: { stream: true } }', ['routes[0].when']],
    ['{ preset: ccr-explicit, to: default }', ['routes[0].to']],
    ['{ preset: ccr-custom, custom: nobody, to: default }', ['routes[0].custom']],
    ['{ selector: true, to: default }', ['routes[0].to']],
    ['{ selector: false }', ['routes[0].name', 'routes[0].to', 'routes[0].when']],
    ['{ name: a, when: { stream: true }, to: default, model: x }', ['routes[0].model']],
    ['{ when: { stream: true } }', ['routes[0].name', 'routes[0].to']],
  ])('[C7] refuses %s', async (line, paths) => {
    const { diagnostics } = await rules(line);
    expect(diagnostics.map(({ path }) => path).toSorted()).toEqual(paths);
  });

  it('[C7] refuses two rules of one name, given or taken from the preset', async () => {
    const found = await rules(
      '{ preset: ccr-think, to: default }',
      '{ preset: ccr-think, to: default }',
      '{ selector: true }',
      '{ selector: true }',
    );
    expect(summarize(found)).toEqual(['6:5 CCP_CONFIG_REFERENCE routes[1]', '8:5 CCP_CONFIG_REFERENCE routes[3]']);
  });

  it('[C1] a project file asks no code of the user, and lets no prompt choose', async () => {
    const { config } = await analyze(base);
    if (config === undefined) throw new Error('no configuration');
    const text =
      'routes:\n  - { name: a, when: { any: [ { not: { custom: mine } } ] }, to: default }\n  - { preset: ccr-custom, custom: mine, to: default }\n';
    const { project, diagnostics } = analyzeProject(text, '.ccproxy.yaml', config);
    expect(project).toBeUndefined();
    expect(diagnostics.map(({ message }) => message)).toEqual([
      expect.stringContaining('asks a routing module, which a project file cannot'),
      expect.stringContaining('asks a routing module, which a project file cannot'),
    ]);
    expect(analyzeProject('routes: [ { preset: ccr-subagent } ]\n', 'p', config).diagnostics.map(({ message }) => message)).toEqual([
      'routes[0] takes a model from a prompt, which a project file cannot',
    ]);
    expect(analyzeProject('routes: [ { preset: ccr-think, to: default }, { selector: true } ]\n', 'p', config).diagnostics).toEqual([]);
  });
});

describe('plugins', () => {
  it('[C7] a module is found from the configuration, with its limits', async () => {
    const { config } = await analyze(base.replace('./m.mjs', './m.mjs, timeout: 2s, body: true, onFailure: refuse'));
    expect(config?.plugins?.routing['mine']).toEqual({
      name: 'mine',
      module: '/etc/ccproxy/m.mjs',
      timeout: 2000,
      body: true,
      onFailure: 'refuse',
    });
    expect(summarize(await analyze(base.replace('./m.mjs', './m.mjs, timeout: 10s')))).toEqual([
      '3:57 CCP_CONFIG_INVALID plugins.routing.mine.timeout',
    ]);
  });

  it('[C7] a module that does not exist is named at its place', async () => {
    const exists = (file: string) => Promise.resolve(file !== '/etc/ccproxy/m.mjs');
    expect(summarize(await analyze(base, {}, { exists }))).toEqual(['3:39 CCP_CONFIG_REFERENCE plugins.routing.mine.module']);
  });
});
