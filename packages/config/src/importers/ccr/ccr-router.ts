import type { ConfigPath } from '../../diagnostic.js';
import type { Draft, Section } from '../draft.js';
import { configText } from '../config-text.js';
import { type Entries, integerOf, isEmpty, listOf, mapOf, textOf } from '../source-values.js';
import type { CcrNames } from './ccr-providers.js';

/** The scenarios in the order they are asked there, which is fixed; `explicit` and `subagent` need no key. */
const scenarios = [
  { key: 'image', rule: 'image', preset: 'ccr-image' },
  { rule: 'explicit', preset: 'ccr-explicit' },
  { key: 'longContext', rule: 'long-context', preset: 'ccr-long-context' },
  { rule: 'subagent', preset: 'ccr-subagent' },
  { key: 'background', rule: 'background', preset: 'ccr-background' },
  { key: 'webSearch', rule: 'web-search', preset: 'ccr-web-search' },
  { key: 'think', rule: 'think', preset: 'ccr-think' },
] as const;

const misfires: Readonly<Record<string, string>> = {
  image: 'a request is not split: the model that sees the picture answers it whole',
  background:
    'fires as it does there; Claude Code sends background work to the main model unless a small one is set, so `class: auxiliary` is surer',
  think: 'fires as it does there, also when thinking is disabled; `thinking: { budgetOver }` is surer',
};

const fallbackNote = 'there after any answer that is no success, here when a provider cannot answer, never for a request that is wrong';

/** Imports the scenarios as rules in their order, and `fallback` with them. */
export function importCcrRouter(draft: Draft, root: Entries, names: CcrNames): void {
  const router = mapOf(root['Router']);
  const fallbacks = new Fallbacks(draft, mapOf(root['fallback']), names);
  importDefault(draft, router, names, fallbacks);
  for (const scenario of scenarios) {
    if (!('key' in scenario)) draft.addRule(scenario.rule, { preset: scenario.preset });
    else if (!isEmpty(router[scenario.key] ?? null)) importScenario(draft, router, scenario, names, fallbacks);
    else if (scenario.key in router) draft.mapped(['Router', scenario.key], undefined, 'is empty: the scenario is not used');
  }
  importThreshold(draft, router);
  fallbacks.finish();
}

function importDefault(draft: Draft, router: Entries, names: CcrNames, fallbacks: Fallbacks): void {
  const key: ConfigPath = ['Router', 'default'];
  const selected = select(router['default'], names);
  if (typeof selected === 'string') {
    draft.addClientDefault();
    const note = 'what no rule takes goes to Anthropic with the login of the client';
    draft.refused(key, `${'default' in router ? selected : 'is missing'}; ${note}`);
    return;
  }
  const fallback = fallbacks.of('default');
  draft.config.models['default'] = { ...selected, ...(fallback.length === 0 ? {} : { fallback }) };
  draft.mapped(key, ['models', 'default']);
}

type Keyed = Extract<(typeof scenarios)[number], { readonly key: string }>;

function importScenario(draft: Draft, router: Entries, scenario: Keyed, names: CcrNames, fallbacks: Fallbacks): void {
  const key: ConfigPath = ['Router', scenario.key];
  const selected = select(router[scenario.key], names);
  if (typeof selected === 'string') return draft.refused(key, selected);
  const to = draft.addTarget(scenario.rule, selected);
  const fallback = fallbacks.of(scenario.key);
  const threshold = scenario.key === 'longContext' ? thresholdOf(router) : undefined;
  const rule: Section = {
    preset: scenario.preset,
    ...(threshold === undefined ? {} : { threshold }),
    to,
    ...(fallback.length === 0 ? {} : { fallback }),
  };
  const place = draft.addRule(scenario.rule, rule);
  const note = misfires[scenario.key];
  if (scenario.key === 'image') draft.approximated(key, place, note ?? '');
  else draft.mapped(key, place, note);
}

/** 0 counts as not set there. */
const thresholdOf = (router: Entries): number | undefined => integerOf(router['longContextThreshold'], 1, 100_000_000);

function importThreshold(draft: Draft, router: Entries): void {
  const key: ConfigPath = ['Router', 'longContextThreshold'];
  if (!('longContextThreshold' in router)) return;
  const index = draft.config.routes.findIndex((rule) => rule['preset'] === 'ccr-long-context');
  if (index < 0) draft.refused(key, 'has no effect without `longContext`');
  else if (thresholdOf(router) === undefined)
    draft.approximated(key, ['routes', index], 'is no usable number; 60000 is taken, as there for 0');
  else draft.mapped(key, ['routes', index, 'threshold']);
}

/** `provider,model`, split at the first comma; or why it leads nowhere. */
function select(value: unknown, names: CcrNames): { provider: string; model: string } | string {
  const text = textOf(value);
  const comma = text?.indexOf(',') ?? -1;
  if (text === undefined || comma < 0) return 'is not `provider,model`';
  const written = text.slice(0, comma).trim();
  const lower = written.toLowerCase();
  const provider = names.get(written) ?? [...names].find(([name]) => name.toLowerCase() === lower)?.[1];
  const model = configText(text.slice(comma + 1));
  if (model === undefined) return 'names no usable model';
  return provider === undefined ? 'names a provider that is not there or was refused' : { provider, model };
}

/** Targets of `fallback`: each model once, without fallbacks of its own. */
class Fallbacks {
  readonly #draft: Draft;
  readonly #written: Entries;
  readonly #names: CcrNames;
  readonly #targets = new Map<string, string>();
  readonly #used = new Set<string>();

  constructor(draft: Draft, written: Entries, names: CcrNames) {
    this.#draft = draft;
    this.#written = written;
    this.#names = names;
  }

  of(scenario: string): string[] {
    this.#used.add(scenario);
    const found = listOf(this.#written[scenario]).flatMap((selector, index) => this.#target(selector, ['fallback', scenario, index]));
    return [...new Set(found)];
  }

  #target(selector: unknown, key: ConfigPath): string[] {
    const selected = select(selector, this.#names);
    if (typeof selected === 'string') {
      this.#draft.refused(key, selected);
      return [];
    }
    const id = JSON.stringify(selected);
    const name = this.#targets.get(id) ?? this.#draft.addTarget(`${selected.provider}-${selected.model}`, selected);
    this.#targets.set(id, name);
    this.#draft.approximated(key, ['models', name], fallbackNote);
    return [name];
  }

  /** Lists of scenarios without a rule. */
  finish(): void {
    for (const scenario of Object.keys(this.#written))
      if (!this.#used.has(scenario)) this.#draft.refused(['fallback', scenario], 'belongs to a scenario without a rule');
  }
}
