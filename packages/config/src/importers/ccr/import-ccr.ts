import { Draft } from '../draft.js';
import { type Entries, textsOf } from '../source-values.js';
import { ccrVariable } from './ccr-text.js';
import { importCcrProviders } from './ccr-providers.js';
import { importCcrRouter } from './ccr-router.js';
import { ccrTimeouts, importCcrSettings } from './ccr-settings.js';

/** Keys of which a configuration of claude-code-router has at least one. */
export const ccrKeys: readonly string[] = ['Providers', 'providers', 'Router'];

/** Imports `config.json` of claude-code-router 2. */
export function importCcr(root: Entries): Draft {
  const draft = new Draft(new Set(textsOf(root).flatMap((text) => ccrVariable(text) ?? [])));
  importCcrSettings(draft, root);
  const names = importCcrProviders(draft, root, ccrTimeouts(root));
  importCcrRouter(draft, root, names);
  return draft;
}
