import { Draft } from '../draft.js';
import { litellmVariables } from '../litellm/litellm-variables.js';
import { importLitellmSettings, litellmTimeout } from '../litellm/litellm-settings.js';
import { addModelRules } from '../litellm/import-litellm.js';
import { type ImportedModels, importModelList } from '../litellm/model-list.js';
import { type Entries, flagOf, mapOf } from '../source-values.js';
import { importPyHooks } from './py-hooks.js';
import { importPyRules } from './py-rules.js';

/** Keys of which a configuration of ccproxy for Python has at least one. */
export const ccproxyPyKeys: readonly string[] = ['ccproxy', 'litellm'];

const unasked = 'no rule is asked there: the hooks `rule_evaluator` and `model_router` are not in the list';
const token = 'a token is fetched only for requests without a login there; write `oauth` of a provider yourself if you need that';

const byHand: Readonly<Record<string, string>> = {
  handler: 'is not needed',
  oat_sources: token,
  credentials: token,
  oauth_ttl: 'is `oauth.refresh` of a provider',
  oauth_refresh_buffer: 'is `oauth.refresh` of a provider',
  statusline: 'has no counterpart in the configuration',
  mitm: 'traffic is not intercepted',
  providers: 'belongs to version 2 of ccproxy for Python, which this importer does not read',
  inspector: 'belongs to version 2 of ccproxy for Python, which this importer does not read',
};

/**
 * Imports `ccproxy.yaml` of ccproxy for Python 1.
 * @param models `config.yaml` of LiteLLM, which says where the names of rules lead; undefined: not found
 */
export function importCcproxyPy(root: Entries, models: Entries | undefined): Draft {
  const draft = new Draft(litellmVariables(models));
  const settings = mapOf(root['ccproxy']);
  const hooks = importPyHooks(settings['hooks'], ['ccproxy', 'hooks'], draft);
  const context = { draft, source: 1 };
  const imported =
    models === undefined
      ? undefined
      : importModelList(models, { ...context, clientLogin: hooks.clientLogin, timeout: litellmTimeout(models) }, true);
  if (models !== undefined && imported !== undefined) importLitellmSettings(models, context, imported);
  importPyRules(settings, { draft, targets: imported?.targets, unasked: hooks.routes ? undefined : unasked });
  importPassthrough(settings, draft, imported);
  importOthers(root, settings, draft);
  return draft;
}

/** Where a request goes that no rule takes: by the name of its model, or to the entry `default`. */
function importPassthrough(settings: Entries, draft: Draft, models: ImportedModels | undefined): void {
  const { models: targets } = draft.config;
  const key = ['ccproxy', 'default_model_passthrough'];
  const keeps = flagOf(settings['default_model_passthrough']) !== false;
  if ('default' in targets && !keeps) {
    const place = draft.addRule('default', { when: { model: '*' }, to: 'default' });
    draft.addRule('selector', { selector: true });
    draft.mapped(key, place, 'every request that no rule takes goes to `default`, whatever model it names');
    return;
  }
  if (models !== undefined) {
    addNames(draft, models);
    const any = models.targets.get('*');
    if (any !== undefined && 'default' in targets) draft.addRule('any', { when: { model: '*' }, to: any });
    else if (any !== undefined) targets['default'] = { ...targets[any] };
  }
  const had = 'default' in targets;
  if (!had) draft.addClientDefault();
  const note = had
    ? 'a model that is not in the list fails there; here it goes to `default`'
    : 'there is no entry `default`: a model that is not in the list goes to Anthropic with the login of the client';
  draft.approximated('default_model_passthrough' in settings ? key : [], ['models', 'default'], note);
}

/** Rules come before names there. */
function addNames(draft: Draft, models: ImportedModels): void {
  const exact = models.rules.some(({ model }) => !model.includes('*'));
  if (draft.config.routes.length > 0 && !exact) draft.addRule('selector', { selector: true });
  addModelRules(draft, models);
}

function importOthers(root: Entries, settings: Entries, draft: Draft): void {
  for (const [key, note] of Object.entries(byHand)) if (key in settings) draft.refused(['ccproxy', key], note);
  if ('metrics_enabled' in settings) draft.mapped(['ccproxy', 'metrics_enabled'], undefined, 'metrics are always at `/metrics`');
  const litellm = mapOf(root['litellm']);
  const debugs = [
    ['ccproxy', 'debug', settings['debug']],
    ['litellm', 'debug', litellm['debug']],
    ['litellm', 'detailed_debug', litellm['detailed_debug']],
  ] as const;
  for (const [section, key, value] of debugs) if (value !== undefined) importDebug(value, [section, key], draft);
  for (const key of ['host', 'port'])
    if (key in litellm) draft.refused(['litellm', key], 'the commands find the daemon by themselves; `server.port` fixes a port');
  if ('num_workers' in litellm) draft.refused(['litellm', 'num_workers'], 'one process serves everything');
}

function importDebug(value: unknown, key: readonly string[], draft: Draft): void {
  if (flagOf(value) !== true) return draft.mapped(key, undefined, 'is so here');
  draft.config.logging['level'] = 'debug';
  draft.mapped(key, ['logging', 'level']);
}
