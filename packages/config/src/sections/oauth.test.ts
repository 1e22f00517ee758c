import { describe, expect, it } from 'vitest';
import { formatConfig } from '../format-config.js';
import { analyze, summarize } from '../testing/analyze.js';

const withOAuth = (written: string, type = 'anthropic', more = ''): string =>
  `providers:\n  work: { type: ${type}, baseUrl: "https://gateway.example.com"${more}, oauth: ${written} }\nmodels: { default: { provider: work } }\n`;

const authOf = async (written: string, env: Readonly<Record<string, string>> = {}) => {
  const { config, diagnostics } = await analyze(withOAuth(written), env);
  expect(diagnostics).toEqual([]);
  return config?.providers['work'];
};

describe('providers.*.oauth', () => {
  it('[C3] takes a command, a file or a variable, and completes what was not written', async () => {
    expect((await authOf('{ command: [work-token, print] }'))?.auth).toEqual({
      kind: 'oauth',
      source: { kind: 'command', argv: ['work-token', 'print'], timeout: 10_000, passEnv: [] },
      refresh: 8 * 3_600_000,
      required: false,
    });
    expect((await authOf('{ command: [./bin/token, "a;b $$(c)"], timeout: 3s, passEnv: [VAULT_ADDR] }'))?.auth).toMatchObject({
      source: { argv: ['/etc/ccproxy/bin/token', 'a;b $(c)'], timeout: 3000, passEnv: ['VAULT_ADDR'] },
    });
    expect((await authOf('{ file: { path: ~/t.json, pointer: /a~1b/0 }, refresh: 5m, required: true }'))?.auth).toEqual({
      kind: 'oauth',
      source: { kind: 'file', path: '/home/user/t.json', pointer: '/a~1b/0' },
      refresh: 300_000,
      required: true,
    });
    expect((await authOf('{ env: WORK_TOKEN }'))?.auth).toMatchObject({ source: { kind: 'env', name: 'WORK_TOKEN' } });
  });

  it('[C3] a variable that is not set makes the provider unavailable and is no error', async () => {
    expect((await authOf('{ command: ["${TOKEN_PROGRAM}", print] }'))?.unavailable).toBe('environment variable TOKEN_PROGRAM is not set');
    expect((await authOf('{ file: { path: "${TOKEN_FILE}" } }'))?.unavailable).toBe('environment variable TOKEN_FILE is not set');
    expect((await authOf('{ command: ["${TOKEN_PROGRAM}"] }', { TOKEN_PROGRAM: 'work-token' }))?.unavailable).toBeUndefined();
    expect((await authOf('{ command: [""] }'))?.unavailable).toContain('names no program');
    expect((await authOf('{ file: { path: "" } }'))?.unavailable).toContain('names no file');
    expect((await authOf('{ env: "" }'))?.unavailable).toContain('names no variable');
  });

  it.each([
    ['{ command: work-token print }', 'providers.work.oauth.command'],
    ['{ command: [] }', 'providers.work.oauth.command'],
    ['{ command: [a], env: B }', 'providers.work.oauth'],
    ['{ refresh: 1h }', 'providers.work.oauth'],
    ['{ env: "A B" }', 'providers.work.oauth.env'],
    ['{ file: { path: a, pointer: token } }', 'providers.work.oauth.file.pointer'],
    ['{ env: A, shell: true }', 'providers.work.oauth.shell'],
    ['{ env: A, refresh: never }', 'providers.work.oauth.refresh'],
  ])('[C7] refuses %s at its place', async (written, path) => {
    const analysis = await analyze(withOAuth(written));
    expect(analysis.config).toBeUndefined();
    expect(analysis.diagnostics.map((each) => each.path)).toContain(path);
  });

  it.each(['apiKey: k', 'apiKeys: [k]'])('[C7] refuses a token beside %s', async (key) => {
    for (const type of ['anthropic', 'openai', 'openai-responses', 'gemini', 'ollama']) {
      const analysis = await analyze(withOAuth('{ env: A }', type, `, ${key}`));
      expect(summarize(analysis).some((line) => line.includes('providers.work'))).toBe(true);
      expect(analysis.config).toBeUndefined();
    }
    expect((await analyze(withOAuth('{ env: A }', 'anthropic', ', auth: client'))).config).toBeUndefined();
  });

  it('[C3] is written as it is read', async () => {
    for (const written of [
      '{ command: [/bin/token, "a b"], passEnv: [A] }',
      '{ file: { path: /t, pointer: /a } }',
      '{ env: A, required: true }',
    ]) {
      const { config } = await analyze(withOAuth(written));
      const again = await analyze(config === undefined ? '' : formatConfig(config));
      expect(again.config).toEqual(config);
    }
  });
});
