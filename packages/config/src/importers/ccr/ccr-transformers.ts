import type { ConfigPath } from '../../diagnostic.js';
import type { Draft } from '../draft.js';
import { integerOf, listOf, mapOf, textOf } from '../source-values.js';

/** A transformer of claude-code-router as it is named in a list: alone, or with options. */
export interface Named {
  readonly name: string;
  readonly options: unknown;
  readonly key: ConfigPath;
}

/** Which models of a provider it is about: `provider/*` or `provider/model`. */
export interface TransformerPlace {
  readonly provider: string;
  readonly model: string | undefined;
}

/** What the protocols here do by themselves. */
const builtIn: Readonly<Record<string, string>> = {
  anthropic: 'the provider has the type `anthropic`',
  openai: 'is what the type does',
  'openai.responses': 'the provider has the type `openai-responses`',
  'openai-responses': 'the provider has the type `openai-responses`',
  gemini: 'the provider has the type `gemini`',
  deepseek: 'is what the type `openai` and the table of models do',
  groq: 'is what the type `openai` and the table of models do',
  cerebras: 'is what the type `openai` and the table of models do',
  vercel: 'is what the type `openai` does',
  openrouter: 'is what the type `openai` does',
  reasoning: 'thinking is asked for and read without a setting; `capabilities` corrects the table of models',
  cleancache: 'only Anthropic APIs are sent `cache_control`',
};

const byHand: Readonly<Record<string, string>> = {
  tooluse: 'forces a tool call and adds a tool to leave by, which is not done here',
  enhancetool: 'repairs broken arguments of tools; here they reach the client as the model wrote them',
  forcereasoning: 'asks for thinking by a prompt, which is not done here; see `capabilities.*.thinkTags` for models that think in tags',
  sampling: 'sets parameters of every request, which is not done here',
  customparams: 'sets parameters of every request, which is not done here',
};

/** The transformers of one `use` list, in order. */
export function namedTransformers(use: unknown, key: ConfigPath): Named[] {
  return listOf(use).flatMap((entry, index) => {
    const [name, options] = Array.isArray(entry) ? (entry as unknown[]) : [entry];
    const text = textOf(name);
    return text === undefined ? [] : [{ name: text, options, key: [...key, index] }];
  });
}

/** Says what becomes of a transformer, and writes what it sets. */
export function importTransformer(draft: Draft, { name, options, key }: Named, place: TransformerPlace): void {
  const kind = name.toLowerCase();
  const pattern = `${place.provider}/${place.model ?? '*'}`;
  if (kind === 'maxtoken') return importMaxTokens(draft, options, key, pattern);
  if (kind === 'maxcompletiontokens') return setCapability(draft, key, pattern, 'maxTokens', 'max_completion_tokens');
  if (kind === 'streamoptions') return setCapability(draft, key, pattern, 'streamUsage', true);
  const known = Object.hasOwn(builtIn, kind) ? builtIn[kind] : undefined;
  if (known !== undefined && Object.keys(mapOf(options)).length === 0)
    return draft.mapped(key, ['providers', place.provider, 'type'], known);
  if (known !== undefined)
    return draft.approximated(key, ['providers', place.provider, 'type'], `${known}; its options were not taken over`);
  draft.refused(key, (Object.hasOwn(byHand, kind) ? byHand[kind] : undefined) ?? 'is a transformer this program does not have');
}

function importMaxTokens(draft: Draft, options: unknown, key: ConfigPath, pattern: string): void {
  const output = integerOf(mapOf(options)['max_tokens'], 1, 100_000_000);
  if (output === undefined) return draft.refused(key, 'names no usable `max_tokens`');
  merge(draft, pattern, { output });
  draft.approximated(
    key,
    ['capabilities', pattern, 'output'],
    'there it sets `max_tokens` of every request, here a larger one is lowered to it',
  );
}

function setCapability(draft: Draft, key: ConfigPath, pattern: string, name: string, value: unknown): void {
  merge(draft, pattern, { [name]: value });
  draft.mapped(key, ['capabilities', pattern, name]);
}

function merge(draft: Draft, pattern: string, can: object): void {
  draft.config.capabilities[pattern] = { ...draft.config.capabilities[pattern], ...can };
}
