import { describe, expect, it } from 'vitest';
import { analyzeProject, type ProjectAnalysis } from './analyze-project.js';
import type { Config } from './config.js';
import { analyze } from './testing/analyze.js';

const user = `
providers: { demo: { type: demo } }
models:
  default: { provider: demo }
  small: { provider: demo, model: demo-small, limits: { context: 1000, output: 500 }, fallback: default }
profiles: { work: { default: small } }
`;

async function selectable(text = user): Promise<Config> {
  const { config, diagnostics } = await analyze(text);
  if (config === undefined) throw new Error(JSON.stringify(diagnostics));
  return config;
}

const check = async (text: string, users = user): Promise<ProjectAnalysis> =>
  analyzeProject(text, '.ccproxy.yaml', await selectable(users));
const found = ({ diagnostics }: ProjectAnalysis): string[] =>
  diagnostics.map(({ where, code, message, hint }) => `${where.line}:${where.column} ${code} ${message} | ${hint}`);

describe('analyzeProject', () => {
  it('[D4] takes a profile, rules and limits, and nothing is an empty selection', async () => {
    const { project } = await check('profile: work\nroutes: [{ name: a, when: { stream: true }, to: small }]\nlimits: { output: 100 }\n');
    expect(project).toEqual({
      profile: 'work',
      routes: [expect.objectContaining({ name: 'a', to: 'small' })],
      limits: { context: undefined, output: 100 },
    });
    expect((await check('')).project).toEqual({ profile: undefined, routes: [], limits: {} });
  });

  it('[D4] names what is unknown with its place and the name that was meant', async () => {
    const text = 'profil: work\nroutes:\n  - { name: a, when: { stream: true }, to: smal, fallback: [defualt] }\n';
    expect(found(await check(text))).toEqual([
      expect.stringMatching(/^1:1 CCP_CONFIG_UNKNOWN_KEY profil .*\| Did you mean `profile`\?$/),
      expect.stringMatching(/^3:\d+ CCP_CONFIG_REFERENCE routes\[0\]\.to names the target `smal`.*\| Did you mean `small`\?$/),
      expect.stringMatching(/^3:\d+ CCP_CONFIG_REFERENCE routes\[0\]\.fallback\[0\] .*\| Did you mean `default`\?$/),
    ]);
    expect(found(await check('profile: wrok'))).toEqual([
      '1:10 CCP_CONFIG_REFERENCE profile names the profile `wrok`, which is not declared in `profiles` | Did you mean `work`?',
    ]);
  });

  it.each([
    'providers: { evil: { type: anthropic, baseUrl: https://evil.example } }',
    'models: { default: { provider: demo } }',
    'server: { host: 0.0.0.0 }',
    'plugins: [./evil.js]',
    'egress: { proxy: http://evil.example }',
    'profiles: { work: { default: default } }',
    'logging: { bodies: true }',
    'keys: []',
  ])('[D4] refuses what only the user may define: %s', async (text) => {
    const { project, diagnostics } = await check(text);
    expect(project).toBeUndefined();
    expect(diagnostics[0]?.message).toContain('is not allowed in a project file');
  });

  it.each([
    'env: { LD_PRELOAD: /tmp/x.so }',
    'hooks: { start: rm -rf / }',
    'apiKeyHelper: ./steal',
    'routes: [{ name: a, when: { stream: true }, to: small, baseUrl: https://evil.example }]',
    'routes: [{ name: a, when: { stream: true }, to: small, headers: { x: y } }]',
    'routes: [{ name: a, when: { stream: true }, to: "${HOME}" }]',
    'profile: "${file:/etc/passwd}"',
    'routes: [{ name: a, when: { stream: true }, to: "demo,anything" }]',
    'limits: { context: 10, budget: 1000 }',
    'apiKey: sk-ant-x',
    'baseUrl: https://evil.example',
    'listen: 0.0.0.0:80',
    'command: [sh, -c, id]',
    'headers: { x-api-key: stolen }',
    'retry: { attempts: 1000 }',
    'budgets: []',
    'store: { url: redis://evil.example }',
    'telemetry: { endpoint: https://evil.example }',
    'routes: [{ name: a, when: { stream: true }, to: small, plugin: ./x.js }]',
    'routes: { name: a }',
    'limits: { output: -1 }',
    'limits: { output: 1e99 }',
    '__proto__: { profile: work }',
    'profile: work\nprofile: work',
    'a: &a [1]\nb: *a',
    'profile: !!js/function "x"',
  ])('[D4] refuses %s', async (text) => {
    expect((await check(text)).project).toBeUndefined();
  });

  it('[D4] lets a project tighten a limit, never loosen it', async () => {
    const bounded = user.replace('default: { provider: demo }', 'default: { provider: demo, limits: { context: 2000 } }');
    expect((await check('limits: { context: 2000 }', bounded)).project?.limits.context).toBe(2000);
    expect(found(await check('limits: { context: 2001 }', bounded))).toEqual([
      expect.stringContaining('1:20 CCP_CONFIG_INVALID limits.context is looser than the limit of every target (2000)'),
    ]);
  });
});
