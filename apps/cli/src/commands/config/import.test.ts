import { mkdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { type Config, loadConfig } from '@ccproxy/config';
import { compileRoutes, plan, readFacts } from '@ccproxy/router';
import { scanMessagesRequest } from '@ccproxy/wire';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { runCommand } from '../../testing/run-command.js';
import { TestHome } from '../../testing/test-home.js';
import Start from '../start.js';
import Status from '../status.js';
import ConfigImport from './import.js';
import ConfigValidate from './validate.js';

let home: TestHome;
beforeEach(() => {
  home = new TestHome();
});
afterEach(() => home.end());

const ccr = `{
  // claude-code-router
  "APIKEY": "canary-gateway",
  "Providers": [
    { "name": "or", "api_base_url": "https://openrouter.ai/api/v1/chat/completions", "api_key": "$OR_KEY", "models": ["a/b"], },
    { "name": "deep", "api_base_url": "https://api.deepseek.com/v1/chat/completions", "api_key": "canary-deep", "models": ["d"] },
  ],
  "Router": { "default": "or,a/b", "background": "deep,small", "think": "deep,r", "longContext": "or,long", "webSearch": "or,web", "image": "or,eyes" },
  "fallback": { "default": ["deep,d"] },
}`;

const py = `ccproxy:
  rules:
    - { name: token_count, rule: ccproxy.rules.TokenCountRule, params: [ { threshold: 2000 } ] }
    - { name: background, rule: ccproxy.rules.MatchModelRule, params: [ { model_name: haiku } ] }
    - { name: think, rule: ccproxy.rules.ThinkingRule }
    - { name: web_search, rule: ccproxy.rules.MatchToolRule, params: [ WebSearch ] }
`;
const pyModels = `model_list:
  - { model_name: default, litellm_params: { model: claude-sonnet-4-5 } }
  - { model_name: background, litellm_params: { model: claude-haiku-4-5 } }
  - { model_name: think, litellm_params: { model: openai/gpt-5 } }
  - { model_name: token_count, litellm_params: { model: gemini/gemini-2.5-pro } }
  - { model_name: claude-sonnet-4-5, litellm_params: { model: anthropic/sonnet } }
  - { model_name: claude-opus-4-5, litellm_params: { model: anthropic/opus } }
  - { model_name: claude-haiku-4-5, litellm_params: { model: anthropic/haiku } }
`;

const litellm = `model_list:
  - { model_name: claude-sonnet-4-5, litellm_params: { model: anthropic/sonnet-dated } }
  - { model_name: fast/one, litellm_params: { model: groq/llama } }
  - { model_name: "gpt-*", litellm_params: { model: "openai/gpt-*" } }
  - { model_name: openrouter/*, litellm_params: { model: openrouter/* } }
router_settings: { fallbacks: [ { claude-sonnet-4-5: [fast/one] } ] }
general_settings: { master_key: canary-master }
`;

/** Every variable the examples name, so that all providers can be called. */
const keys = Object.fromEntries(
  ['OR', 'DEEP_API', 'OPENAI_API', 'GEMINI_API', 'ANTHROPIC_API', 'GROQ_API', 'OPENROUTER_API'].map((name) => [`${name}_KEY`, 'k']),
);

async function imported(tool: string, name: string, text: string): Promise<Config> {
  const output = join(home.root, 'new.yaml');
  const run = await runCommand(ConfigImport, [tool, home.write(name, text), '--output', output], home.env);
  expect([run.exitCode, run.stderr]).toEqual([0, expect.any(String)]);
  expect(readFileSync(output, 'utf8') + run.stdout).not.toContain('canary');
  return (await loadConfig({ flags: { config: output }, env: keys, cwd: home.root, paths: home.paths })).config;
}

interface Asked {
  readonly body?: object;
  readonly tokens?: number;
}

/** Provider and model of every attempt for a body. */
function attempts(config: Config, { body = {}, tokens = 100 }: Asked): string[] {
  const table = compileRoutes(config);
  const bytes = Buffer.from(JSON.stringify({ model: 'claude-opus-4-5', messages: [{ role: 'user', content: 'hi' }], ...body }));
  const scan = scanMessagesRequest(bytes);
  if (!scan.ok) throw new Error(scan.message);
  const counted = { estimate: tokens, exact: true };
  const facts = readFacts(
    { body: bytes, view: scan.view, headers: {}, tokens: counted, project: undefined, user: undefined, at: 0 },
    table.main,
  );
  const decision = plan(facts, table, { acceptEstimate: true });
  return decision.kind === 'plan' ? decision.attempts.map(({ provider, model }) => `${provider} ${model ?? '(asked)'}`) : [decision.kind];
}

const image = { type: 'image', source: { type: 'base64', media_type: 'image/png', data: 'AAAA' } };
const search = { tools: [{ type: 'web_search_20250305', name: 'web_search' }] };
const declared = { tools: [{ name: 'WebSearch', input_schema: {} }] };
const thinking = { thinking: { type: 'adaptive' } };
const words = { messages: [{ role: 'user', content: 'word '.repeat(4000) }] };

describe('ccproxy config import', () => {
  it('[C16] what was claude-code-router’s routes as it did', async () => {
    const config = await imported('ccr', 'config.json', ccr);
    const asked: [Asked, string[]][] = [
      [{}, ['or a/b', 'deep d']],
      [{ body: { model: 'claude-haiku-4-5', ...thinking } }, ['deep small']],
      [{ body: thinking }, ['deep r']],
      [{ body: { ...thinking, ...search } }, ['or web']],
      [{ tokens: 60_001, body: thinking }, ['or long']],
      [{ body: { messages: [{ role: 'user', content: [image] }], ...thinking } }, ['or eyes']],
      [{ body: { model: 'deep,any/model:free', ...thinking }, tokens: 90_000 }, ['deep any/model:free']],
    ];
    expect(asked.map(([ask]) => attempts(config, ask))).toEqual(asked.map(([, expected]) => expected));
  });

  it('[C16] what was of ccproxy for Python routes as it did', async () => {
    home.write('config.yaml', pyModels);
    const config = await imported('ccproxy-py', 'ccproxy.yaml', py);
    const asked: [Asked, string[]][] = [
      [{}, ['anthropic opus']],
      [{ body: { model: 'claude-sonnet-4-5' } }, ['anthropic sonnet']],
      [{ body: { model: 'not-in-the-list' } }, ['anthropic sonnet']],
      [{ body: { model: 'claude-haiku-4-5-20251001' } }, ['anthropic haiku']],
      // Rules come before the name, whatever the model is.
      [{ body: { model: 'claude-sonnet-4-5', ...thinking } }, ['openai gpt-5']],
      [{ body: { ...words, ...thinking } }, ['gemini gemini-2.5-pro']],
      // Its rule has no model of its name.
      [{ body: declared }, ['anthropic sonnet']],
    ];
    expect(asked.map(([ask]) => attempts(config, ask))).toEqual(asked.map(([, expected]) => expected));
    expect(config.providers['anthropic']?.auth).toEqual({ kind: 'client' });
  });

  it('[C16] what was LiteLLM’s routes as it did', async () => {
    const config = await imported('litellm', 'litellm.yaml', litellm);
    const asked: [string, string[]][] = [
      ['claude-sonnet-4-5', ['anthropic sonnet-dated', 'groq llama']],
      ['fast/one', ['groq llama']],
      ['gpt-5-mini', ['openai (asked)']],
      ['openrouter/qwen/qwen3', ['openrouter qwen/qwen3']],
      ['not-in-the-list', ['anthropic sonnet-dated', 'groq llama']],
    ];
    expect(asked.map(([model]) => attempts(config, { body: { model } }))).toEqual(asked.map(([, expected]) => expected));
  });

  it('[C16] from another program’s file to a running daemon', async () => {
    home.write('.ccproxy-source.json', ccr);
    const dry = await runCommand(ConfigImport, ['ccr', join(home.root, '.ccproxy-source.json'), '--dry-run'], home.env);
    expect(dry.stdout).toContain('Nothing is written');
    const run = await runCommand(ConfigImport, ['ccr', join(home.root, '.ccproxy-source.json'), '--json'], home.env);
    const file = join(home.state, 'ccproxy.yaml');
    expect(run.json()).toMatchObject({
      file,
      written: true,
      merged: false,
      backup: null,
      report: {
        counts: { refused: 0 },
        variables: [{ name: 'CC_PROXY_AUTH_KEY' }, { name: 'OR_KEY' }, { name: 'DEEP_API_KEY', wasLiteral: true }],
      },
    });
    expect((await runCommand(ConfigValidate, [], home.env)).exitCode).toBe(0);
    const env = { ...home.env, OR_KEY: 'k' };
    expect((await runCommand(Start, [], env)).exitCode).toBe(0);
    const status = await runCommand(Status, [], env);
    expect(status.stdout).toMatch(/or\s+openai\s+available/);
    expect(status.stdout).toContain('DEEP_API_KEY is not set');
    const again = await runCommand(ConfigImport, ['ccr', join(home.root, '.ccproxy-source.json')], home.env);
    expect(again.stdout).toContain('holds all of it already');
  });

  it('[C16] a file of the Python program in the place of ours is an error that names the way out, and the way works', async () => {
    const foreign = join(home.state, 'ccproxy.yaml');
    mkdirSync(home.state, { mode: 0o700 });
    home.write('.ccproxy/ccproxy.yaml', py);
    home.write('.ccproxy/config.yaml', pyModels);
    const refused = await runCommand(Start, [], home.env);
    expect([refused.exitCode, refused.stderr]).toEqual([2, expect.stringContaining(`ccproxy config import ccproxy-py ${foreign}`)]);
    const run = await runCommand(ConfigImport, ['ccproxy-py', foreign], home.env);
    const file = join(home.state, 'ccproxy-imported.yaml');
    expect(run.stdout).toContain(`ccproxy start --config ${file}`);
    expect(readFileSync(foreign, 'utf8')).toBe(py);
    expect((await runCommand(Start, ['--config', file], home.env)).exitCode).toBe(0);
  });

  it('[C16] the report, and errors with their codes', async () => {
    const file = home.write('config.json', ccr);
    const run = await runCommand(ConfigImport, ['ccr', file, '--output', join(home.root, 'n.yaml')], { ...home.env, OR_KEY: 'k' });
    expect(run.stdout).toMatch(/approximated\s+APIKEY\s+-> server\.authKey {2}the key is not copied/);
    expect(run.stdout).toMatch(/OR_KEY\s+is set\s+providers\.or\.apiKey/);
    expect(run.stdout).toMatch(/DEEP_API_KEY\s+not set: give it the value the old file holds/);
    for (const [argv, code] of [
      [['ccr', file, '--output', file], 'CCP_IMPORT_TARGET'],
      [['litellm', file], 'CCP_IMPORT_SOURCE'],
      [['other', file], 'CCP_USAGE'],
      [['ccr', 'gone.json'], 'CCP_CONFIG_NOT_FOUND'],
    ] as const) {
      const failed = await runCommand(ConfigImport, [...argv, '--json'], home.env);
      expect([failed.exitCode, failed.json()]).toMatchObject([2, { error: { code } }]);
    }
  });
});
