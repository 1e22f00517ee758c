import { describe, expect, it } from 'vitest';
import { diffConfig } from './diff-config.js';
import { analyze } from './testing/analyze.js';

const configOf = async (text: string) => {
  const { config } = await analyze(text);
  if (config === undefined) throw new Error('not valid');
  return config;
};

describe('diffConfig', () => {
  it('[C14] names what was added, removed and changed, and no value', async () => {
    const before = await configOf(
      'providers: { a: { type: anthropic, apiKey: old-secret-key }, b: { type: demo } }\nmodels: { default: { provider: a }, gone: { provider: b } }\n',
    );
    const after = await configOf(
      'server: { port: 4000 }\nproviders: { a: { type: anthropic, apiKey: new-secret-key }, c: { type: demo } }\nmodels: { default: { provider: a } }\nroutes: [{ name: r, when: { class: main }, to: default }]\n',
    );
    const changes = diffConfig(before, after);
    expect(changes.map(({ path, kind }) => `${kind} ${path}`).toSorted()).toEqual(
      [
        'added providers.c',
        'changed providers.a',
        'changed routes',
        'added server.port',
        'removed models.gone',
        'removed providers.b',
      ].toSorted(),
    );
    expect(JSON.stringify(changes)).not.toContain('secret');
    expect(diffConfig(before, before)).toEqual([]);
    expect(
      diffConfig(
        before,
        await configOf(
          'providers: { b: { type: demo }, a: { apiKey: old-secret-key, type: anthropic } }\nmodels: { gone: { provider: b }, default: { provider: a } }\n',
        ),
      ),
    ).toEqual([]);
  });
});
