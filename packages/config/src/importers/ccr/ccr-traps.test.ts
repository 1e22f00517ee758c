import { describe, expect, it } from 'vitest';
import { importText, loadImported, noteOf, reportLines } from '../testing/import-text.js';

const url = 'https://api.example.com/v1/chat/completions';
const provider = (rest: object = {}) => ({ name: 'p', api_base_url: url, api_key: '$P_KEY', ...rest });
const ccr = (rest: object) => importText('ccr', JSON.stringify({ Providers: [provider()], Router: { default: 'p,m' }, ...rest }));
const providersOf = async (...providers: object[]) => {
  const imported = ccr({ Providers: providers });
  return { imported, providers: (await loadImported(imported)).providers };
};

describe('claude-code-router', () => {
  it.each([{ api_key: '' }, { api_key: undefined }, { api_base_url: undefined }, { name: '' }])(
    '[C16] a provider without %o is left out, as there, and rules that name it are refused',
    async (lack) => {
      const { imported, providers } = await providersOf(provider(lack));
      expect(Object.keys(providers)).toEqual(['anthropic']);
      expect(noteOf(imported, 'Providers[0]')).toContain('leaves such a provider out, too');
      expect(noteOf(imported, 'Router.default')).toContain('goes to Anthropic with the login of the client');
    },
  );

  it('[C16] the whole address of a call becomes the address of the API', async () => {
    const { providers } = await providersOf(
      provider({ name: 'volc', api_base_url: 'https://ark.example.com/api/v3/chat/completions' }),
      provider({ name: 'gemini', api_base_url: 'https://g.example.com/v1beta/models/', transformer: { use: ['gemini'] } }),
      provider({ name: 'claude', api_base_url: 'https://c.example.com/v1/messages', transformer: { use: ['Anthropic'] } }),
      provider({ name: 'resp', api_base_url: 'https://r.example.com/v1/responses', transformer: { use: ['openai-responses'] } }),
      provider({ name: 'plain', api_base_url: 'https://a.example.com/v1/messages' }),
      provider({ name: 'ollama', api_base_url: 'http://10.0.0.7:11434/v1/chat/completions' }),
      provider({ name: 'variable', api_base_url: '$BASE_URL' }),
    );
    expect(Object.values(providers).map(({ name, type, baseUrl }) => [name, type, baseUrl])).toEqual([
      ['volc', 'openai', 'https://ark.example.com/api/v3'],
      ['gemini', 'gemini', 'https://g.example.com/v1beta'],
      ['claude', 'anthropic', 'https://c.example.com'],
      ['resp', 'openai-responses', 'https://r.example.com/v1'],
      ['plain', 'anthropic', 'https://a.example.com'],
      ['ollama', 'ollama', 'http://10.0.0.7:11434'],
      ['variable', 'openai', 'https://variable.example.com'],
      ['anthropic', 'anthropic', 'https://api.anthropic.com'],
    ]);
  });

  it.each([
    ['http://169.254.169.254/v1/chat/completions', 'metadata'],
    ['https://user:canary@api.example.com/v1/chat/completions', 'user name or password'],
    ['https://api.example.com/v1/chat/completions?key=canary', 'query'],
    ['file:///etc/passwd', 'http'],
    ['nonsense', 'must be a URL'],
  ])('[C16] an address that no credential should go to is refused: %s', (address, why) => {
    const imported = ccr({ Providers: [provider({ api_base_url: address })] });
    expect(noteOf(imported, 'Providers[0]')).toContain(why);
    expect(imported.text + JSON.stringify(imported.report)).not.toMatch(/canary|169\.254/);
  });

  it('[C16] `$NAME` and `${NAME}` are variables, anything else in a key is a key', async () => {
    const { imported } = await providersOf(
      provider({ name: 'a', api_key: '${lower_case}' }),
      provider({ name: 'b', api_key: '$lower' }),
      provider({ name: 'c', api_key: 'canary-$UPPER' }),
      provider({ name: 'd', api_key: '{{apiKey}}' }),
      provider({ name: 'e', api_key: '$C_API_KEY' }),
    );
    expect(imported.report.variables.map(({ name, usedBy }) => [name, ...usedBy])).toEqual([
      ['lower_case', 'providers.a.apiKey'],
      ['B_API_KEY', 'providers.b.apiKey'],
      // The file itself reads C_API_KEY for another provider.
      ['C_API_KEY_2', 'providers.c.apiKey'],
      ['D_API_KEY', 'providers.d.apiKey'],
      ['C_API_KEY', 'providers.e.apiKey'],
    ]);
    expect(imported.text).not.toMatch(/canary|lower\b/);
  });

  it('[C16] a selector is split at its first comma, and a provider that is written in other letters is found', async () => {
    const imported = ccr({
      Providers: [provider({ name: 'OpenRouter' })],
      Router: { default: 'openrouter,a/b:free,c', think: 'OpenRouter', background: ['p', 'm'], webSearch: '' },
    });
    expect((await loadImported(imported)).models['default']).toMatchObject({ provider: 'OpenRouter', model: 'a/b:free,c' });
    expect(noteOf(imported, 'Router.think')).toBe('is not `provider,model`');
    expect(noteOf(imported, 'Router.background')).toBe('is not `provider,model`');
    expect(noteOf(imported, 'Router.webSearch')).toContain('is empty');
  });

  it('[C16] a threshold of 0 is not set, and one without longContext has no effect', async () => {
    const zero = await loadImported(ccr({ Router: { default: 'p,m', longContext: 'p,l', longContextThreshold: 0 } }));
    expect(zero.routes.find(({ name }) => name === 'long-context')).toMatchObject({ preset: { params: { threshold: 60_000 } } });
    expect(noteOf(ccr({ Router: { default: 'p,m', longContextThreshold: 9 } }), 'Router.longContextThreshold')).toContain('no effect');
  });

  it('[C16] a model named ${…} or with a dollar arrives as it is written', async () => {
    const { models } = await loadImported(ccr({ Router: { default: 'p,$$a${b}c$' } }));
    expect(models['default']?.model).toBe('$$a${b}c$');
  });

  it('[C16] names that are not possible here are changed, and that is said', async () => {
    const { imported, providers } = await providersOf(
      provider({ name: 'my 硅基 flow' }),
      provider({ name: 'toString' }),
      provider({ name: '硅' }),
    );
    expect(Object.keys(providers)).toEqual(['my-flow', 'toString-2', 'imported', 'anthropic']);
    expect(noteOf(imported, 'Providers[0].name')).toContain('the new one');
  });

  it('[C16] the gateway stays on this machine whatever HOST says', async () => {
    const open = ccr({ HOST: '0.0.0.0', APIKEY: 'canary' });
    expect((await loadImported(open)).server.host).toBe('127.0.0.1');
    expect(noteOf(open, 'HOST')).toContain('write `server.host` yourself');
    expect(noteOf(ccr({ HOST: '0.0.0.0' }), 'HOST')).toContain('without APIKEY it is 127.0.0.1 there, and here');
  });

  it('[C16] fallbacks keep to their scenario; those of scenarios without a rule are refused', async () => {
    const imported = ccr({
      Router: { default: 'p,m', think: 'p,t' },
      fallback: { default: ['p,m2', 'gone,x'], think: ['p,m2', 'p,m2'], image: ['p,i'] },
    });
    const { models, routes } = await loadImported(imported);
    expect(models['default']?.fallback).toEqual(['p-m2']);
    expect(routes.find(({ name }) => name === 'think')).toMatchObject({ to: 'think', fallback: ['p-m2'] });
    expect(noteOf(imported, 'fallback.image')).toContain('without a rule');
    expect(noteOf(imported, 'fallback.default[1]')).toContain('not there');
  });

  it('[C16] transformers: what the protocol does, what a capability says, and what is left to do by hand', async () => {
    const use = [
      'maxcompletiontokens',
      'streamoptions',
      'cleancache',
      'forcereasoning',
      ['openrouter', { provider: {} }],
      ['maxtoken', {}],
      'x',
      3,
    ];
    const imported = ccr({
      Providers: [provider({ transformer: { use, 'm\u0007': { use: ['maxtoken'] }, m: { use: [['maxtoken', { max_tokens: 9 }]] } } })],
    });
    expect((await loadImported(imported)).capabilities).toEqual([
      { pattern: 'p/*', can: { maxTokens: 'max_completion_tokens', streamUsage: true } },
      { pattern: 'p/m', can: { output: 9 } },
    ]);
    expect(reportLines(imported).filter((line) => line.includes('transformer'))).toEqual([
      'mapped Providers[0].transformer.use[0] -> capabilities.p/*.maxTokens',
      'mapped Providers[0].transformer.use[1] -> capabilities.p/*.streamUsage',
      'mapped Providers[0].transformer.use[2] -> providers.p.type',
      'refused Providers[0].transformer.use[3]',
      'approximated Providers[0].transformer.use[4] -> providers.p.type',
      'refused Providers[0].transformer.use[5]',
      'refused Providers[0].transformer.use[6]',
      'refused Providers[0].transformer.use[7]',
      'refused Providers[0].transformer.m ',
      'approximated Providers[0].transformer.m.use[0] -> capabilities.p/m.output',
    ]);
  });

  it('[C16] Vertex AI is refused, values of the wrong kind are too, and both spellings of the list are read', () => {
    const imported = importText(
      'ccr',
      JSON.stringify({
        providers: [provider({ transformer: { use: ['vertex-gemini'] } })],
        PORT: 'x',
        LOG_LEVEL: 'loud',
        LOG: 'no',
        API_TIMEOUT_MS: 'never',
      }),
    );
    expect(reportLines(imported)).toEqual([
      'refused providers[0]',
      'refused PORT',
      'refused LOG_LEVEL',
      'approximated LOG',
      'refused API_TIMEOUT_MS',
      'refused Router.default',
    ]);
  });
});
