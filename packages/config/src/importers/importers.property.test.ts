import { CcproxyError } from '@ccproxy/kernel';
import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { stringify } from 'yaml';
import { initConfigText } from '../init-config.js';
import { analyze } from '../testing/analyze.js';
import { type ImportedConfig, type ImportTool, importTools } from './import-config.js';
import { ccrExample, litellmExample, pyExample } from './testing/examples.js';
import { importText } from './testing/import-text.js';

const numRuns = 60 * Number(process.env['CCPROXY_TEST_SCALE'] ?? 1);

/** The result, or nothing when it was refused with a code; anything else thrown fails the test. */
function attempt(tool: ImportTool, text: string, rest: Parameters<typeof importText>[2] = {}): ImportedConfig | undefined {
  try {
    return importText(tool, text, rest);
  } catch (error) {
    if (CcproxyError.isInstance(error)) return undefined;
    throw error;
  }
}

/** Keys and values of the formats, in any combination. */
const words = fc.constantFrom(
  'name',
  'api_base_url',
  'api_key',
  'models',
  'transformer',
  'use',
  'default',
  'think',
  'longContext',
  'image',
  'fallback',
  'model_name',
  'litellm_params',
  'model',
  'api_base',
  'rpm',
  'weight',
  'fallbacks',
  'model_group_alias',
  'timeout',
  'num_retries',
  'rules',
  'rule',
  'params',
  'hooks',
  'constructor',
  '__proto__',
  'toString',
  '<<',
  'a/*',
  '*',
  'p',
);
const values = fc.oneof(
  words,
  fc.string({ unit: 'binary', maxLength: 12 }),
  fc.double(),
  fc.boolean(),
  fc.constantFrom(
    null,
    'p,m',
    'p,m,n',
    '$A',
    '${A}',
    '$$',
    '${',
    'os.environ/A',
    'https://h.example.com/v1/chat/completions',
    'http://localhost:11434',
  ),
  fc.constantFrom('openai/x', 'anthropic/*', 'ollama/x', 'ccproxy.rules.ThinkingRule', 'maxtoken', 'Anthropic', 'sk-canary-literal'),
);
const tree: fc.Arbitrary<unknown> = fc.letrec((tie) => ({
  tree: fc.oneof({ maxDepth: 5 }, values, fc.array(tie('tree'), { maxLength: 4 }), fc.dictionary(words, tie('tree'), { maxKeys: 5 })),
})).tree;

const provider = fc.record({ name: values, api_base_url: values, api_key: values, transformer: tree }, { requiredKeys: [] });
const deployment = fc.record({
  model_name: values,
  litellm_params: fc.record(
    { model: values, api_base: values, api_key: values, rpm: values, timeout: values },
    { requiredKeys: ['model'] },
  ),
});
const list = <T>(each: fc.Arbitrary<T>) => fc.array(each, { maxLength: 5 });
const roots: Readonly<Record<ImportTool, fc.Arbitrary<object>>> = {
  ccr: fc.record(
    {
      Providers: fc.oneof(list(provider), tree),
      Router: fc.oneof(fc.dictionary(words, values), tree),
      fallback: fc.oneof(fc.dictionary(words, list(values)), tree),
      PORT: values,
      HOST: values,
      APIKEY: values,
      API_TIMEOUT_MS: values,
      LOG_LEVEL: values,
    },
    { requiredKeys: ['Providers', 'Router'] },
  ),
  litellm: fc.record(
    {
      model_list: fc.oneof(list(deployment), tree),
      router_settings: fc.dictionary(words, tree),
      litellm_settings: tree,
      general_settings: fc.dictionary(fc.constantFrom('master_key', 'max_parallel_requests'), values),
    },
    { requiredKeys: ['model_list'] },
  ),
  'ccproxy-py': fc.record({
    ccproxy: fc.record({
      rules: list(fc.record({ name: values, rule: values, params: tree })),
      hooks: tree,
      default_model_passthrough: values,
    }),
  }),
};

/** A key without content has nothing to speak of. */
const isEmptyTree = (root: object, key: string): boolean =>
  !/[^[\]{},\s]/.test(JSON.stringify((root as Record<string, unknown>)[key])?.replaceAll('null', '') ?? '');

/** What is wrong with a result; nothing of one that was refused with a code. */
async function problemsOf(root: object, imported: ImportedConfig | undefined): Promise<string[]> {
  if (imported === undefined) return [];
  const { diagnostics } = await analyze(imported.text);
  const invalid = diagnostics.filter(({ severity, code }) => severity === 'error' && code !== 'CCP_CONFIG_VARIABLE');
  const spoken = imported.report.lines.map(({ key }) => key);
  const unspoken = Object.keys(root).filter((key) => !isEmptyTree(root, key) && !spoken.some((each) => each.startsWith(key)));
  // A target may be named `key`; its value is a mapping.
  const literal = /(?:apiKey|key|authKey): (?!"?\$\{|\{ ).*/.exec(imported.text);
  return [...invalid.map(({ message }) => message), ...unspoken.map((key) => `nothing is said of ${key}`), ...(literal ?? [])];
}

describe('importers', () => {
  it.each(importTools)('[C16] %s: any tree gives a valid file, a line for every key and no literal key, or a coded error', async (tool) => {
    await fc.assert(
      fc.asyncProperty(roots[tool], roots.litellm, fc.constantFrom(undefined, '', initConfigText()), async (root, models, existing) => {
        const rest = existing === undefined ? {} : { existing };
        const beside = tool === 'ccproxy-py' ? { models: JSON.stringify(models) } : {};
        expect(await problemsOf(root, attempt(tool, JSON.stringify(root), { ...rest, ...beside }))).toEqual([]);
      }),
      { numRuns },
    );
  });

  it.each([
    ['ccr', ccrExample],
    ['ccproxy-py', pyExample],
    ['litellm', litellmExample],
  ] as const)('[C16] %s: a damaged text is imported or refused with a code', (tool, example) => {
    fc.assert(
      fc.property(fc.nat(example.length), fc.nat(40), fc.string({ unit: 'binary', maxLength: 8 }), (at, length, piece) => {
        expect(() => attempt(tool, example.slice(0, at) + piece + example.slice(at + length))).not.toThrow();
      }),
      { numRuns },
    );
  });

  it('[C16] any text is imported or refused with a code; depth and size are bounded', () => {
    const text = fc.oneof(
      fc.string({ unit: 'binary' }),
      fc.json(),
      tree.map((each) => stringify(each)),
    );
    fc.assert(
      fc.property(fc.constantFrom(...importTools), text, (tool, written) => {
        expect(() => attempt(tool, written)).not.toThrow();
      }),
      { numRuns },
    );
    const deep = `{ "Router": ${'['.repeat(50)}${']'.repeat(50)} }`;
    const refused = ['['.repeat(200_000), '{a:'.repeat(100_000), deep, '', 'x', '7'];
    expect(importTools.flatMap((tool) => refused.map((each) => attempt(tool, each)))).toEqual(
      importTools.flatMap(() => refused.map(() => undefined)),
    );
  });
});
