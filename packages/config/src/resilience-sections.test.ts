import { describe, expect, it } from 'vitest';
import { redactedYaml } from './format-config.js';
import { renderDiagnostics } from './render-diagnostics.js';
import { defaultRetry } from './retry-config.js';
import { analyze, summarize } from './testing/analyze.js';

const models = 'models: { default: { provider: a } }\n';

describe('retry', () => {
  it('[C9] has defaults, and takes what is written', async () => {
    const plain = await analyze(`providers: { a: { type: demo } }\n${models}`);
    expect(plain.config?.retry).toEqual(defaultRetry);
    const text = `providers: { a: { type: demo } }\n${models}retry: { attempts: 0, maxDelay: 2s, breaker: { open: 1s }, join: false }\n`;
    expect((await analyze(text)).config?.retry).toEqual({
      ...defaultRetry,
      attempts: 0,
      maxDelay: 2000,
      breaker: { failures: 5, open: 1000 },
      join: false,
    });
    expect(summarize(await analyze(text.replace('attempts: 0', 'attempts: 3')))).toEqual(['3:20 CCP_CONFIG_INVALID retry.attempts']);
  });
});

describe('several keys', () => {
  const text = `providers:
  a:
    type: anthropic
    apiKeys:
      - "\${ONE}"
      - { key: "\${TWO}", weight: 3, limits: { requestsPerMinute: 50 } }
    keyStrategy: weighted
    limits: { concurrency: 4 }
${models}`;

  it('[C9] are read with weights and limits, and are secrets', async () => {
    const { config, secrets, diagnostics } = await analyze(text, { ONE: 'key-one-1', TWO: 'key-two-2' });
    expect(diagnostics).toEqual([]);
    expect(config?.providers['a']).toMatchObject({
      auth: { kind: 'apiKey', value: 'key-one-1' },
      keys: {
        strategy: 'weighted',
        list: [
          { value: 'key-one-1', weight: 1 },
          { value: 'key-two-2', weight: 3, limits: { requestsPerMinute: 50 } },
        ],
      },
      limits: { concurrency: 4 },
    });
    expect(secrets).toEqual(['key-one-1', 'key-two-2']);
    if (config === undefined) throw new Error('no configuration');
    expect(redactedYaml({ config, secrets: [] })).not.toContain('key-');
  });

  it('[C9] one that is missing is left out and told; without any the provider is unavailable', async () => {
    const some = await analyze(text, { TWO: 'key-two-2' });
    expect(some.diagnostics).toMatchObject([{ severity: 'warning', code: 'CCP_CONFIG_VARIABLE', path: 'providers.a.apiKeys[0]' }]);
    expect(some.config?.providers['a']?.keys?.list.map(({ value }) => value)).toEqual(['key-two-2']);
    const none = await analyze(text);
    expect(none.config?.providers['a']?.unavailable).toBe('environment variable ONE is not set');
    const empty = await analyze(text, { ONE: '', TWO: '' });
    expect(empty.config?.providers['a']?.unavailable).toBe('its apiKeys are empty');
  });

  it.each([
    ['apiKey: x1234567, apiKeys: [y1234567]', '1:50 CCP_CONFIG_INVALID providers.a.apiKeys'],
    ['auth: client, apiKeys: [y1234567]', '1:40 CCP_CONFIG_INVALID providers.a.auth'],
    ['apiKeys: []', '1:43 CCP_CONFIG_INVALID providers.a.apiKeys'],
  ])('[C9] are refused with %s', async (keys, expected) => {
    const found = summarize(await analyze(`providers: { a: { type: anthropic, ${keys} } }\n${models}`));
    expect(found.map((line) => line.replace(/^\d+:\d+/u, ''))).toEqual([expected.replace(/^\d+:\d+/u, '')]);
  });

  it('[F1] logins of people are never pooled', async () => {
    const { config, diagnostics } = await analyze(
      `providers: { a: { type: anthropic, apiKeys: [sk-ant-oat01-abc, b1234567] } }\n${models}`,
    );
    expect(config).toBeUndefined();
    expect(diagnostics.map(({ message }) => message).join()).not.toContain('oat01');
  });

  it.each([
    `providers:\n  a:\n    type: anthropic\n    apiKeys:\n      - hidden-Value\n      - \n${models}`,
    `providers:\n  a:\n    type: anthropic\n    apiKeys:\n      - { key: hidden-Value, wait: 3 }\n${models}`,
    `providers: { a: { type: anthropic, auth: client, apiKeys: [hidden-Value, "hidden-Value"] } }\n${models}`,
    `providers:\n  a:\n    type: anthropic\n    apiKeys:\n      - "hidden-Value with space"\n${models}`,
  ])('[F1] a message about them shows none: %s', async (written) => {
    const { diagnostics } = await analyze(written);
    expect(diagnostics.length).toBeGreaterThan(0);
    expect(renderDiagnostics(diagnostics, written)).not.toContain('hidden');
  });

  it('[F1] others who may read the file are told of, once the keys are written into it', async () => {
    const written = `providers: { a: { type: anthropic, apiKeys: [{ key: key-one-1 }] } }\n${models}`;
    expect(summarize(await analyze(written, {}, { shared: true }))).toEqual(['1:53 CCP_CONFIG_RISK providers.a.apiKeys[0].key']);
    expect(summarize(await analyze(text, { ONE: 'key-one-1', TWO: 'key-two-2' }, { shared: true }))).toEqual([]);
  });
});

describe('fallbackOn and limits', () => {
  it('[C9] name declared targets', async () => {
    const written = (targets: string): string =>
      `providers: { a: { type: demo } }\nmodels: { default: { provider: a, fallbackOn: ${targets} }, big: { provider: a } }\n`;
    const { config } = await analyze(written('{ contextWindow: big }'));
    expect(config?.models['default']?.fallbackOn).toEqual({ contextWindow: ['big'], contentPolicy: [] });
    for (const wrong of ['{ contextWindow: bog }', '{ contentPolicy: [default] }', '{ other: big }'])
      expect((await analyze(written(wrong))).config).toBeUndefined();
  });

  it('[A8] bound each caller', async () => {
    const { config } = await analyze(`server: { limits: { requestsPerMinute: 60 } }\nproviders: { a: { type: demo } }\n${models}`);
    expect(config?.server.limits).toEqual({ requestsPerMinute: 60 });
  });
});
