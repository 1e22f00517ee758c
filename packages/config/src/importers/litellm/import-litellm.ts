import { Draft } from '../draft.js';
import { type Entries, mapOf, textOf } from '../source-values.js';
import { litellmVariables } from './litellm-variables.js';
import { importLitellmSettings, litellmTimeout } from './litellm-settings.js';
import { type ImportedModels, importModelList } from './model-list.js';

/** Keys of which a configuration of LiteLLM has at least one. */
export const litellmKeys: readonly string[] = ['model_list', 'litellm_settings', 'router_settings', 'general_settings'];

/** Imports `config.yaml` of the LiteLLM proxy. */
export function importLitellm(root: Entries): Draft {
  const draft = new Draft(litellmVariables(root));
  const context = { draft, source: 0 };
  const models = importModelList(root, { ...context, clientLogin: false, timeout: litellmTimeout(root) }, false);
  importLitellmSettings(root, context, models);
  importAliases(root, draft, models);
  addModelRules(draft, models);
  importDefault(draft, models);
  return draft;
}

/** Names a target cannot have come before what a client may write by itself, patterns after it. */
export function addModelRules(draft: Draft, { rules }: ImportedModels): void {
  const [patterns, exact] = [rules.filter(isPattern), rules.filter((each) => !isPattern(each))];
  for (const { name, rule } of exact) draft.addRule(name, rule);
  if (exact.length > 0) draft.addRule('selector', { selector: true });
  for (const { name, rule } of patterns) draft.addRule(name, rule);
}

const isPattern = ({ model }: ImportedModels['rules'][number]): boolean => model.includes('*');

/** Further names of models: `{ name: model }`, or `{ name: { model, hidden } }`. */
function importAliases(root: Entries, draft: Draft, models: ImportedModels): void {
  for (const [alias, value] of Object.entries(mapOf(mapOf(root['router_settings'])['model_group_alias']))) {
    const key = ['router_settings', 'model_group_alias', alias];
    const target = models.targets.get(textOf(value) ?? textOf(mapOf(value)['model']) ?? '');
    if (target === undefined || !/^[A-Za-z0-9][A-Za-z0-9._-]{0,55}$/u.test(alias) || alias in draft.config.models) {
      draft.refused(key, 'is no name a target can have, or names a model that is not there');
      continue;
    }
    const name = draft.addTarget(alias, { ...draft.config.models[target] });
    draft.mapped(key, ['models', name]);
  }
}

/** Requests for a model that is not in the list fail there; here they need a target, which is one the file names. */
function importDefault(draft: Draft, { targets }: ImportedModels): void {
  const { models } = draft.config;
  const otherwise = targets.get('*');
  if ('default' in models) {
    if (otherwise !== undefined) draft.addRule('any', { when: { model: '*' }, to: otherwise });
    return;
  }
  const [first] = targets.values();
  const target = otherwise ?? first;
  const note = 'LiteLLM refuses models that are not in the list; here they go to the target `default`, which is';
  if (target === undefined) {
    draft.addClientDefault();
    draft.refused([], 'no entry of `model_list` could be imported: everything goes to Anthropic with the login of the client');
  } else {
    models['default'] = { ...models[target] };
    if (otherwise === undefined) draft.approximated([], ['models', 'default'], `${note} the first of the list`);
  }
}
