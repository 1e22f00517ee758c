import type { ConfigPath } from '../../diagnostic.js';
import type { Draft } from '../draft.js';
import { isMap, listOf, textOf } from '../source-values.js';

/** What the hooks of the file do there. */
export interface PyHooks {
  /** Rules are asked, and their answers acted on. */
  readonly routes: boolean;
  /** The credential of the client goes to Anthropic. */
  readonly clientLogin: boolean;
}

const builtIn: Readonly<Record<string, string>> = {
  rule_evaluator: 'rules are always asked',
  model_router: 'rules are always asked',
  extract_session_id: 'the session is always known',
  forward_oauth: 'Anthropic gets the credential of the client, untouched: `auth: client`',
  forward_apikey: 'Anthropic gets the credential of the client, untouched: `auth: client`',
};

const refused: Readonly<Record<string, string>> = {
  capture_headers: 'headers are not logged; the log names the route, the target and the cost of a request',
  add_beta_headers: 'requests are not dressed up: the headers of the client are forwarded as they are',
  inject_claude_code_identity: 'requests are not made to look like those of another client',
};

/** Reads the list of hooks; without one, all of them are at work. */
export function importPyHooks(hooks: unknown, key: ConfigPath, draft: Draft): PyHooks {
  const names = listOf(hooks).map((entry, index) => {
    const name = (textOf(isMap(entry) ? entry['hook'] : entry) ?? '').split('.').at(-1) ?? '';
    const known = Object.hasOwn(builtIn, name) ? builtIn[name] : undefined;
    if (known !== undefined) draft.mapped([...key, index], undefined, known);
    else draft.refused([...key, index], (Object.hasOwn(refused, name) ? refused[name] : undefined) ?? 'is code of Python');
    return name;
  });
  if (hooks === undefined || hooks === null) return { routes: true, clientLogin: true };
  return {
    routes: names.includes('rule_evaluator') && names.includes('model_router'),
    clientLogin: names.includes('forward_oauth') || names.includes('forward_apikey'),
  };
}
