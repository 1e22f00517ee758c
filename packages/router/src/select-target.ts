import type { Attempt, SelectorRule, Target } from '@ccproxy/config';
import type { RouteTable } from './compile-routes.js';
import { fallbackChain } from './fallback-chain.js';
import type { ExplanationStep } from './plan.js';
import type { RequestFacts } from './request-facts.js';

/** What a request names directly. */
export type Selection =
  /** The model is only a model: the rules decide. */
  | { readonly kind: 'none' }
  | {
      readonly kind: 'selected';
      readonly because: string;
      readonly attempts: readonly Attempt[];
      readonly skipped: readonly ExplanationStep[];
    }
  /** It names something that does not exist. */
  | { readonly kind: 'unknown'; readonly message: string };

type Names = Pick<RouteTable, 'targets' | 'providers'>;

/** Prefix of the ids under which targets are listed to the client, which keeps only ids that contain "claude". */
const listedPrefix = 'claude-via-';

/** The model id under which a target is listed by `GET /v1/models`. */
export const listedModelId = (target: string): string => `${listedPrefix}${target}`;

/** Targets a client can select by name: those with a model of their own. */
export const selectableTargets = (table: Pick<RouteTable, 'targets'>): readonly Target[] =>
  [...table.targets.values()].filter((target) => target.model !== undefined);

const none: Selection = { kind: 'none' };
const names = (values: Iterable<string>): string => [...values].join(', ') || 'none';

function selectTarget(name: string, table: Names): Selection {
  const chain = fallbackChain(name, [], table.targets);
  // A target without a model sends the client's own, which is here the name of a target: no provider knows it.
  const attempts = chain.filter((attempt) => attempt.model !== undefined);
  if (attempts[0]?.target !== name) {
    return {
      kind: 'unknown',
      message: `The target "${name}" has no model of its own, so it cannot be selected by name. Ask for a model, or give the target one in \`models\`.`,
    };
  }
  const skipped = chain
    .filter((attempt) => attempt.model === undefined)
    .map(({ target }) => ({ rule: `target ${target}`, fired: false, because: 'it has no model of its own to fall back to' }));
  return { kind: 'selected', because: `the client asked for the target ${name}`, attempts, skipped };
}

const selectProvider = (provider: string, model: string): Selection => ({
  kind: 'selected',
  because: `the client asked for ${model} of the provider ${provider}`,
  attempts: [{ target: `${provider},${model}`, provider, model }],
  skipped: [],
});

/** `provider,model`, split at the first comma: models contain slashes and colons, never commas. */
function selectByComma(selector: string, find: (provider: string) => string | undefined, table: Names): Selection {
  const comma = selector.indexOf(',');
  if (comma < 0) return none;
  const [written, model] = [selector.slice(0, comma).trim(), selector.slice(comma + 1).trim()];
  const provider = find(written);
  if (provider !== undefined && model !== '') return selectProvider(provider, model);
  const what = model === '' ? 'names no model after the comma' : `names no provider "${written.slice(0, 80)}" that exists`;
  return { kind: 'unknown', message: `The model ${what}. Providers: ${names(table.providers.keys())}.` };
}

/**
 * Reads a model as a selector: a declared target's name, `claude-via-<target>`, `provider,model`, or `provider/model` when the left side
 * is a provider's name.
 */
export function selectByModel(model: string, table: Names): Selection {
  if (table.targets.has(model)) return selectTarget(model, table);
  if (model.startsWith(listedPrefix)) {
    const name = model.slice(listedPrefix.length);
    if (table.targets.has(name)) return selectTarget(name, table);
    return { kind: 'unknown', message: `There is no target "${name.slice(0, 80)}". Targets: ${names(table.targets.keys())}.` };
  }
  const byComma = selectByComma(model, (name) => (table.providers.has(name) ? name : undefined), table);
  if (byComma.kind !== 'none') return byComma;
  const slash = model.indexOf('/');
  const left = slash < 0 ? '' : model.slice(0, slash);
  return table.providers.has(left) && slash + 1 < model.length ? selectProvider(left, model.slice(slash + 1)) : none;
}

/** claude-router compares the names of its providers in lower case with what the client wrote. */
const lowerCaseProvider =
  (table: Names) =>
  (written: string): string | undefined =>
    [...table.providers.keys()].find((name) => name.toLowerCase() === written);

/** What a selector rule takes from a request. A tag counts as nothing when it is not known. */
export function select(kind: SelectorRule['selector'], facts: RequestFacts, table: Names): Selection {
  if (kind === 'any') return selectByModel(facts.model, table);
  const text = kind === 'comma' ? facts.model : (facts.selectorTag ?? '');
  const found = selectByComma(text, lowerCaseProvider(table), table);
  if (kind === 'comma' || found.kind !== 'none' || text === '') return found;
  return { kind: 'unknown', message: `The tag in the system prompt names no \`provider,model\`: "${text.slice(0, 80)}".` };
}

/** A target or selector by the name a routing module gave it. */
export function resolveName(name: string, table: Names): readonly Attempt[] | undefined {
  if (table.targets.has(name)) return fallbackChain(name, [], table.targets);
  const selection = selectByModel(name, table);
  return selection.kind === 'selected' ? selection.attempts : undefined;
}
