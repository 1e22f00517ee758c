import { describe, expect, it } from 'vitest';
import { importText, loadImported, noteOf, reportLines } from '../testing/import-text.js';

const models = `model_list:
  - { model_name: default, litellm_params: { model: openai/d } }
  - { model_name: hit, litellm_params: { model: openai/h } }
  - { model_name: odd/name, litellm_params: { model: openai/o } }
`;
const py = (settings: object, with_: string | undefined = models) =>
  importText('ccproxy-py', JSON.stringify({ ccproxy: settings }), with_ === undefined ? {} : { models: with_ });
const ruled = (...rules: object[]) => py({ rules: rules.map((rule) => ({ name: 'hit', ...rule })) });
const token = 'ccproxy.rules.TokenCountRule';

describe('ccproxy for Python', () => {
  it.each<[string, unknown]>([
    ['a list of maps', [{ threshold: 5 }]],
    ['a list of values', [5]],
    ['a map', { threshold: 5 }],
    ['a value', 5],
    ['a fraction, which no count equals', 5.9],
  ])('[C16] parameters as %s are the same parameter', async (_how, params) => {
    const { routes } = await loadImported(ruled({ rule: token, params }));
    expect(routes[0]).toMatchObject({ name: 'hit', preset: { name: 'py-token-count', params: { threshold: 5 } }, to: 'hit' });
  });

  it.each<[string, object, string]>([
    ['none', { rule: token }, 'leaves it out, too'],
    ['too many', { rule: token, params: [5, 6] }, 'leaves it out, too'],
    ['a wrong name', { rule: token, params: [{ limit: 5 }] }, 'leaves it out, too'],
    ['some where none are taken', { rule: 'ccproxy.rules.ThinkingRule', params: [1] }, 'leaves it out, too'],
    ['text for a number', { rule: token, params: ['5'] }, 'no usable `threshold`'],
    ['a number for text', { rule: 'ccproxy.rules.MatchModelRule', params: [7] }, 'no text to look for'],
    ['no rule', {}, 'has no name or no rule'],
    ['a class of somebody', { rule: 'my.rules.TokenCountRule', params: [5] }, 'is a class of Python'],
    ['a class that is not there', { rule: 'ccproxy.rules.toString' }, 'is a class of Python'],
  ])('[C16] a rule that cannot be built is refused: %s', (_what, rule, why) => {
    const imported = ruled(rule);
    expect(noteOf(imported, 'ccproxy.rules[0]')).toContain(why);
    expect(imported.report.counts.refused).toBe(1);
  });

  it('[C16] a rule whose name no model has leads to `default`; two rules may have one name', async () => {
    const imported = py({
      rules: [
        { label: 'nowhere', rule: 'ccproxy.rules.ThinkingRule' },
        { name: 'hit', rule: 'ccproxy.rules.MatchModelRule', params: '' },
        { name: 'hit', rule: 'ccproxy.rules.MatchModelRule', params: [''] },
        { name: 'hit', rule: 'ccproxy.rules.DefaultRule' },
      ],
    });
    const { routes } = await loadImported(imported);
    expect(routes.map((rule) => [rule.name, 'to' in rule ? rule.to : 'selector'])).toEqual([
      ['nowhere', 'default'],
      ['hit', 'hit'],
      ['hit-2', 'hit'],
      ['odd-name', 'odd-name'],
      ['selector', 'selector'],
    ]);
    expect(noteOf(imported, 'ccproxy.rules[0]')).toContain('as there');
    expect(noteOf(imported, 'ccproxy.rules[1]')).toContain('cannot be built');
  });

  it('[C16] without default_model_passthrough every request no rule takes goes to `default`, whatever it names', async () => {
    const { routes } = await loadImported(py({ default_model_passthrough: false, rules: [{ name: 'hit', rule: 'ThinkingRule' }] }));
    expect(routes.map(({ name }) => name)).toEqual(['hit', 'default', 'selector']);
  });

  it('[C16] without the hooks that ask rules, no rule is asked', () => {
    const imported = py({ hooks: ['ccproxy.hooks.forward_oauth'], rules: [{ name: 'hit', rule: 'ThinkingRule' }] });
    expect(noteOf(imported, 'ccproxy.rules[0]')).toContain('no rule is asked there');
    expect(imported.text).not.toContain('py-thinking');
  });

  it('[C16] without LiteLLM’s file, rules lead nowhere and everything goes to Anthropic', async () => {
    const imported = importText('ccproxy-py', 'ccproxy: { rules: [ { name: hit, rule: ThinkingRule } ] }\n');
    expect(noteOf(imported, 'ccproxy.rules[0]')).toContain('--litellm-config');
    expect((await loadImported(imported)).models['default']).toMatchObject({ provider: 'anthropic', model: undefined });
  });

  it('[C16] the login of the client goes to Anthropic only where a hook forwards it, and a stored login never', async () => {
    const list = 'model_list: [ { model_name: default, litellm_params: { model: anthropic/c, api_key: sk-ant-oat01-canary } } ]\n';
    const other =
      'model_list: [ { model_name: default, litellm_params: { model: anthropic/c, api_base: "https://z.example.com/api/anthropic" } } ]\n';
    const auth = async (settings: object, text: string) =>
      Object.values((await loadImported(py(settings, text))).providers).map((each) => each.auth.kind);
    expect(await auth({}, list)).toEqual(['client']);
    expect(await auth({ hooks: [] }, list)).toEqual(['client']);
    expect(await auth({ hooks: [] }, models.replaceAll('openai', 'anthropic'))).toEqual(['apiKey']);
    expect(await auth({ hooks: ['forward_oauth'] }, models.replaceAll('openai', 'anthropic'))).toEqual(['client']);
    expect(await auth({}, other)).toEqual(['apiKey']);
    expect(py({}, other).report.variables.map(({ name }) => name)).toEqual(['ANTHROPIC_GATEWAY_KEY']);
  });

  it('[C16] names that follow one another in a circle end, and a pattern for everything is the default', async () => {
    const circle = 'model_list: [ { model_name: a, litellm_params: { model: b } }, { model_name: b, litellm_params: { model: a } } ]\n';
    const found = py({}, circle);
    expect((await loadImported(found)).models['default']).toMatchObject({ provider: 'anthropic' });
    expect(found.report.lines.find(({ key }) => key === '(the file)')?.note).toContain('no entry `default`');
    const any = 'model_list: [ { model_name: "*", litellm_params: { model: "openai/*" } } ]\n';
    expect((await loadImported(py({}, any))).models['default']).toMatchObject({ provider: 'openai', model: undefined });
  });

  it('[C16] version 2 is refused', () => {
    expect(reportLines(importText('ccproxy-py', 'ccproxy: { providers: { a: {} }, inspector: { transforms: [] } }\n'))).toEqual([
      'approximated (the file) -> models.default',
      'refused ccproxy.providers',
      'refused ccproxy.inspector',
    ]);
  });
});
