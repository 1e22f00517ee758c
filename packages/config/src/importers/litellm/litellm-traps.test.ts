import { describe, expect, it } from 'vitest';
import { importText, loadImported, noteOf, reportLines } from '../testing/import-text.js';

interface Entry {
  readonly name?: string;
  readonly params: object;
}
const litellm = (entries: readonly Entry[], rest: object = {}) =>
  importText(
    'litellm',
    JSON.stringify({ model_list: entries.map(({ name = 'm', params }) => ({ model_name: name, litellm_params: params })), ...rest }),
  );
const upstream = async (params: object) => {
  const { providers, models } = await loadImported(litellm([{ params }]));
  const target = models['m'];
  const provider = providers[target?.provider ?? ''];
  return [provider?.type, provider?.baseUrl, target?.model];
};

describe('LiteLLM', () => {
  it.each<[object, unknown[]]>([
    [{ model: 'claude-opus-4-5' }, ['anthropic', 'https://api.anthropic.com', 'claude-opus-4-5']],
    [{ model: 'o3-mini' }, ['openai', 'https://api.openai.com/v1', 'o3-mini']],
    [{ model: 'openai/responses/gpt-5' }, ['openai-responses', 'https://api.openai.com/v1', 'gpt-5']],
    [{ model: 'openrouter/a/b:free' }, ['openai', 'https://openrouter.ai/api/v1', 'a/b:free']],
    [{ model: 'gpt-5', custom_llm_provider: 'groq' }, ['openai', 'https://api.groq.com/openai/v1', 'gpt-5']],
    [{ model: 'ollama/q', api_base: 'http://10.0.0.7:11434/v1' }, ['ollama', 'http://10.0.0.7:11434', 'q']],
    [{ model: 'anthropic/c', api_base: 'https://x.example.com/v1/messages' }, ['anthropic', 'https://x.example.com', 'c']],
    [{ model: 'hosted_vllm/q', base_url: 'http://127.0.0.1:8000/v1', api_key: 'none' }, ['openai', 'http://127.0.0.1:8000/v1', 'q']],
    [{ model: 'openai/q', api_base: 'os.environ/LOCAL_URL' }, ['openai', 'https://variable.example.com', 'q']],
  ])('[C16] %o', async (params, expected) => {
    expect(await upstream(params)).toEqual(expected);
  });

  it.each<[object, string, string]>([
    [{ model: 'bedrock/x' }, 'model', 'not available here'],
    [{ model: 'gemini-pro' }, 'model', 'not available here'],
    [{ model: 'toString/x' }, 'model', 'not available here'],
    [{ model: 'hosted_vllm/q' }, 'model', 'address is missing'],
    [{ model: 'openai/a*b' }, 'model', 'no name of a model'],
    [{}, 'model', 'names no model'],
    [{ model: 'openai/x', api_base: 'http://169.254.169.254/v1' }, 'api_base', 'metadata service'],
    [{ model: 'openai/x', api_base: 'https://a:canary@b.example.com' }, 'api_base', 'user name or password'],
  ])('[C16] refuses %o', async (params, part, why) => {
    const imported = litellm([{ params }]);
    expect(noteOf(imported, `model_list[0].litellm_params.${part}`)).toContain(why);
    expect(imported.text + JSON.stringify(imported.report)).not.toContain('canary');
    expect((await loadImported(imported)).models['default']).toMatchObject({ provider: 'anthropic' });
  });

  it('[C16] a key without a variable is asked for once, however many models use it', () => {
    const params = { model: 'openai/x', api_key: 'sk-canary' };
    const { report, text } = litellm([{ params }, { name: 'n', params: { ...params, model: 'openai/y' } }]);
    expect(report.variables).toEqual([{ name: 'OPENAI_API_KEY', usedBy: ['providers.openai.apiKey'], wasLiteral: true }]);
    expect(text).not.toContain('canary');
  });

  it('[C16] the key of a maker is not sent to another host because none is written', async () => {
    const imported = litellm([{ params: { model: 'openai/x', api_base: 'https://other.example.com/v1' } }]);
    expect(imported.text).not.toContain('${OPENAI_API_KEY}');
    expect(noteOf(imported, 'model_list[0].litellm_params.api_base')).toContain('OPENAI_GATEWAY_KEY');
    const local = await loadImported(litellm([{ params: { model: 'openai/x', api_base: 'http://localhost:1234' } }]));
    expect(local.providers['openai']?.auth).toEqual({ kind: 'none' });
  });

  it('[C16] entries of one name: keys share a provider, other places stand in', async () => {
    const key = (name: string) => `os.environ/${name}`;
    const imported = litellm([
      { params: { model: 'openai/x', api_key: key('A') } },
      { params: { model: 'groq/x', api_key: key('G'), weight: 3 } },
      { params: { model: 'openai/x', api_key: key('B') } },
    ]);
    const { providers, models } = await loadImported(imported);
    expect(providers['openai']?.keys?.list.map(({ value }) => value)).toEqual(['value-of-A', 'value-of-B']);
    expect(models['m']).toMatchObject({ provider: 'openai', fallback: ['m-spare'] });
    expect(models['m-spare']).toMatchObject({ provider: 'groq' });
    expect(noteOf(imported, 'model_list[0].model_name')).toContain('spreads');
  });

  it('[C16] fallbacks in a circle are broken, unknown names refused, defaults given to all', async () => {
    const entries = ['a', 'b', 'c', 'd'].map((name) => ({ name, params: { model: `openai/${name}` } }));
    const imported = litellm(entries, {
      router_settings: { fallbacks: [{ a: ['b'] }, { b: ['c', 'a'] }, { gone: ['a'] }, { c: ['gone', 7] }] },
      litellm_settings: { default_fallbacks: ['c'] },
    });
    const { models } = await loadImported(imported);
    expect(['a', 'b', 'c', 'd'].map((name) => models[name]?.fallback)).toEqual([['b'], ['c'], [], ['c']]);
    expect(reportLines(imported).filter((line) => line.includes('fallbacks'))).toEqual([
      'mapped router_settings.fallbacks[0].a[0] -> models.a.fallback',
      'mapped router_settings.fallbacks[1].b[0] -> models.b.fallback',
      'refused router_settings.fallbacks[1].b[1]',
      'refused router_settings.fallbacks[2].gone',
      'refused router_settings.fallbacks[3].c[0]',
      'refused router_settings.fallbacks[3].c[1]',
      'approximated litellm_settings.default_fallbacks[0] -> models',
    ]);
  });

  it('[C16] patterns: everything, the models of a maker, and what is not possible', async () => {
    const imported = litellm([
      { name: '*', params: { model: 'openai/*' } },
      { name: 'claude-*', params: { model: 'anthropic/claude-*' } },
      { name: 'groq/*', params: { model: 'groq/*' } },
      { name: 'mine/*', params: { model: 'xai/*' } },
      { name: 'gpt-*', params: { model: 'openai/gpt-5' } },
    ]);
    const { models, routes } = await loadImported(imported);
    expect(models['default']).toMatchObject({ provider: 'openai', model: undefined });
    expect(routes).toMatchObject([{ when: { model: ['claude-*'] }, to: 'claude' }]);
    expect(noteOf(imported, 'model_list[3].model_name')).toContain('ask for `xai/model`');
    expect(noteOf(imported, 'model_list[4].model_name')).toContain('leads to nothing');
  });

  it('[C16] a list with `default` and a pattern for everything keeps both', async () => {
    const { models, routes } = await loadImported(
      litellm([
        { name: 'default', params: { model: 'openai/d' } },
        { name: '*', params: { model: '*', custom_llm_provider: 'anthropic' } },
      ]),
    );
    expect(models['default']).toMatchObject({ model: 'd' });
    expect(routes).toMatchObject([{ when: { model: ['*'] }, to: 'any' }]);
  });

  it('[C16] values of the wrong kind are refused, and verbose logging is a level', async () => {
    const imported = litellm([{ params: { model: 'openai/x', timeout: 0.5 } }], {
      router_settings: {
        num_retries: 'many',
        allowed_fails: -1,
        cooldown_time: 0,
        timeout: 'x',
        routing_strategy: 'latency-based-routing',
        model_group_alias: { 'a b': 'm', n: { model: 'm', hidden: true }, o: 'gone' },
      },
      litellm_settings: { set_verbose: 'yes', json_logs: true, request_timeout: 7 },
      general_settings: { master_key: 'os.environ/MASTER' },
    });
    const { models, logging, providers, server } = await loadImported(imported);
    expect(models['n']).toMatchObject({ model: 'x' });
    expect([logging.level, providers['openai']?.timeouts.firstByte, server.authKey]).toEqual(['debug', 500, 'value-of-MASTER']);
    expect(reportLines(imported).filter((line) => line.startsWith('refused'))).toEqual([
      'refused router_settings.num_retries',
      'refused router_settings.allowed_fails',
      'refused router_settings.cooldown_time',
      'refused router_settings.timeout',
      'refused router_settings.routing_strategy',
      'refused router_settings.model_group_alias.a b',
      'refused router_settings.model_group_alias.o',
    ]);
  });
});
