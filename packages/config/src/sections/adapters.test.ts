import { describe, expect, it } from 'vitest';
import { analyzeProject } from '../analyze-project.js';
import { redactedYaml } from '../format-config.js';
import { maskCredentials } from '../mask-credentials.js';
import { analyze, summarize } from '../testing/analyze.js';

const text = (options: string, adapter = 'mine', module = './mine.mjs'): string =>
  `plugins: { providers: { mine: { module: "${module}", passEnv: [MY_HOME] } } }
providers: { own: { type: adapter, adapter: ${adapter}, options: ${options} } }
models: { default: { provider: own } }
`;

describe('provider adapters', () => {
  it('[C26] a provider names a module, which is found beside the file, and gives it options', async () => {
    const { config } = await analyze(text('{ url: "http://127.0.0.1:1", deep: { list: [1, true] } }'));
    expect(config?.providers['own']).toMatchObject({
      type: 'adapter',
      baseUrl: undefined,
      auth: { kind: 'none' },
      unavailable: undefined,
      adapter: {
        name: 'mine',
        module: expect.stringMatching(/\/mine\.mjs$/),
        passEnv: ['MY_HOME'],
        options: { url: 'http://127.0.0.1:1', deep: { list: [1, true] } },
      },
    });
  });

  it('[C26] a package stays a name', async () => {
    const { config } = await analyze(text('{}', 'mine', '@ccproxy/provider-bedrock'));
    expect(config?.plugins?.providers?.['mine']?.module).toBe('@ccproxy/provider-bedrock');
  });

  it('[C26] a name that is not declared is an error at its place', async () => {
    const analysis = await analyze(text('{}', 'mime'));
    expect(summarize(analysis)).toEqual(['2:45 CCP_CONFIG_REFERENCE providers.own.adapter']);
    expect(analysis.diagnostics[0]?.message).toContain('names the adapter `mime`');
    const missing = await analyze(text('{}'), {}, { exists: (file) => Promise.resolve(!file.endsWith('mine.mjs')) });
    expect(summarize(missing)).toEqual(['1:41 CCP_CONFIG_REFERENCE plugins.providers.mine.module']);
  });

  it('[C26] an unset variable in options makes the provider unavailable, and nothing else', async () => {
    const { config } = await analyze(text('{ secretAccessKey: "${NOT_SET}" }'));
    expect(config?.providers['own']?.unavailable).toBe('environment variable NOT_SET is not set');
  });

  it('[C26] credentials among the options are secrets and shown nowhere', async () => {
    const analysis = await analyze(text('{ region: eu-central-1, deep: { secretAccessKey: wJalrXUtnFEMI, sessionToken: FwoGZXIvYXdz } }'));
    expect(analysis.secrets).toEqual(['wJalrXUtnFEMI', 'FwoGZXIvYXdz']);
    if (analysis.config === undefined) throw new Error('not valid');
    const shown = redactedYaml({ config: analysis.config, secrets: analysis.secrets });
    expect(shown).toContain('region: eu-central-1');
    expect(shown).not.toMatch(/wJalr|FwoGZ/);
    expect(maskCredentials('  options: { secretAccessKey: wJalrXUtnFEMI, region: eu }')).toBe(
      '  options: { secretAccessKey: ****, region: eu }',
    );
  });

  it('[C26] observers are found beside the file, and asked for when they are not there', async () => {
    const written = text('{}').replace('plugins: {', 'plugins: { observers: { watch: { module: ./watch.mjs, body: true } },');
    const { config } = await analyze(written);
    expect(config?.plugins?.observers).toEqual({
      watch: { name: 'watch', module: '/etc/ccproxy/watch.mjs', timeout: 5000, body: true },
    });
    const missing = await analyze(written, {}, { exists: (file) => Promise.resolve(!file.endsWith('watch.mjs')) });
    expect(missing.diagnostics.map(({ path }) => path)).toEqual(['plugins.observers.watch.module']);
  });

  it('[C26] a project file can neither name a module nor a provider', async () => {
    const { config } = await analyze(text('{}'));
    if (config === undefined) throw new Error('not valid');
    const { diagnostics } = analyzeProject('plugins: { providers: { mine: { module: ./evil.mjs } } }\n', '.ccproxy.yaml', config);
    expect(diagnostics.map(({ message }) => message).join('\n')).toContain('plugins is not allowed in a project file');
  });
});
