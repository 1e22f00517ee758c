import { describe, expect, it } from 'vitest';
import { analyzeConfig } from './analyze-config.js';
import { initConfigText } from './init-config.js';

const sources = { variable: () => undefined, file: () => Promise.reject(new Error('no file in this test')) };
const analyze = (text: string) =>
  analyzeConfig(text, { file: 'c.yaml', directory: '/', home: '/home', sources, overrides: undefined, shared: false });
const demo = 'providers: { demo: { type: demo } }\nmodels: { default: { provider: demo } }\n';

describe('keys without effect', () => {
  it('[C7] are warned of at their place, and never stop a start', async () => {
    const { config, diagnostics } = await analyze(
      `server: { host: 127.0.0.1 }\nlogging: { bodies: true }\n${demo.replace('provider: demo }', 'provider: demo, limits: { context: 1000 } }')}`,
    );
    expect(config).toBeDefined();
    expect(diagnostics.map(({ severity, path, where }) => [severity, path, where.line])).toEqual([
      ['warning', 'logging.bodies', 2],
      ['warning', 'models.default.limits', 4],
    ]);
  });

  it('[C12] limits of a target have an effect where its requests are translated', async () => {
    const text = 'providers: { o: { type: ollama } }\nmodels: { default: { provider: o, model: q, limits: { context: 1000 } } }\n';
    const { config, diagnostics } = await analyze(text);
    expect(diagnostics).toEqual([]);
    expect(config?.models['default']?.limits).toEqual({ context: 1000, output: undefined });
  });

  it('[C7][C9] a strategy for keys has an effect where there are several', async () => {
    const provider = (keys: string) =>
      `providers: { a: { type: anthropic, ${keys}, keyStrategy: weighted } }\nmodels: { default: { provider: a } }\n`;
    const { config, diagnostics } = await analyze(provider('apiKey: only-key-of-the-provider'));
    expect(config).toBeDefined();
    expect(diagnostics).toMatchObject([
      { severity: 'warning', path: 'providers.a.keyStrategy', message: expect.stringContaining('`apiKeys`') as string, where: { line: 1 } },
    ]);
    expect((await analyze(provider('apiKeys: [first-of-two-keys, second-of-two-keys]'))).diagnostics).toEqual([]);
  });

  it('[C6] are not in the starter, nor in a plain configuration', async () => {
    expect((await analyze(initConfigText())).diagnostics).toEqual([]);
    expect((await analyze(`logging: { bodies: false }\n${demo}`)).diagnostics).toEqual([]);
  });
});
