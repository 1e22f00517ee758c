import type { Attempt, Target } from '@ccproxy/config';
import type { RouteTable } from './compile-routes.js';
import { fallbackChain } from './fallback-chain.js';
import type { ExplanationStep } from './plan.js';

/** What the model of a request names directly. */
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

/** Prefix of the ids under which targets are listed to the client, which keeps only ids that contain "claude". */
const listedPrefix = 'claude-via-';

/** The model id under which a target is listed by `GET /v1/models`. */
export const listedModelId = (target: string): string => `${listedPrefix}${target}`;

/** Targets a client can select by name: those with a model of their own. */
export const selectableTargets = (table: RouteTable): readonly Target[] =>
  [...table.targets.values()].filter((target) => target.model !== undefined);

const none: Selection = { kind: 'none' };
const names = (values: Iterable<string>): string => [...values].join(', ') || 'none';

function selectTarget(name: string, table: RouteTable): Selection {
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

/**
 * Reads a model as a selector: a declared target's name, `claude-via-<target>`, `provider,model` (split at the first comma; models
 * contain slashes and colons, never commas), or `provider/model` when the left side is a provider's name.
 */
export function selectByModel(model: string, table: RouteTable): Selection {
  if (table.targets.has(model)) return selectTarget(model, table);
  if (model.startsWith(listedPrefix)) {
    const name = model.slice(listedPrefix.length);
    if (table.targets.has(name)) return selectTarget(name, table);
    return { kind: 'unknown', message: `There is no target "${name.slice(0, 80)}". Targets: ${names(table.targets.keys())}.` };
  }
  const comma = model.indexOf(',');
  if (comma >= 0) {
    const [provider, rest] = [model.slice(0, comma).trim(), model.slice(comma + 1).trim()];
    if (table.providers.has(provider) && rest !== '') return selectProvider(provider, rest);
    const what = rest === '' ? 'names no model after the comma' : `names no provider "${provider.slice(0, 80)}" that exists`;
    return { kind: 'unknown', message: `The model ${what}. Providers: ${names(table.providers.keys())}.` };
  }
  const slash = model.indexOf('/');
  const left = slash < 0 ? '' : model.slice(0, slash);
  return table.providers.has(left) && slash + 1 < model.length ? selectProvider(left, model.slice(slash + 1)) : none;
}
