import type { ConfigPath } from '../../diagnostic.js';
import { formatMs } from '../../format-ms.js';
import { literalCredential, referenceTo } from '../credential.js';
import type { Draft } from '../draft.js';
import { type Entries, flagOf, integerOf, mapOf, numberOf, textOf } from '../source-values.js';
import { timeoutOf } from './deployment.js';
import { fallbackKinds, importDefaultFallbacks, importFallbacks } from './fallbacks.js';
import { litellmVariable } from './litellm-text.js';
import type { ImportedModels } from './model-list.js';

/** The sections in which LiteLLM takes settings of the router; the later goes before the earlier. */
const routerSections = ['litellm_settings', 'router_settings'] as const;

interface SettingsContext {
  readonly draft: Draft;
  readonly source: number;
}

type Reader = (value: unknown, key: ConfigPath, context: SettingsContext) => void;

/** The time every call may take, when the file says so. */
export function litellmTimeout(root: Entries): string | undefined {
  const [litellm, router] = routerSections.map((section) => mapOf(root[section]));
  return timeoutOf(router?.['timeout'] ?? litellm?.['request_timeout']);
}

const timeoutReader: Reader = (value, key, { draft, source }) => {
  if (timeoutOf(value) === undefined) draft.refused(key, 'is no time', source);
  else
    draft.approximated(key, ['providers'], 'is the time until the first byte of an answer, at every provider, and at most an hour', source);
};

const attempts: Reader = (value, key, { draft, source }) => {
  const wanted = integerOf(value, 0, 1_000_000);
  if (wanted === undefined) return draft.refused(key, 'is no number', source);
  draft.config.retry['attempts'] = Math.min(wanted, 2);
  if (wanted <= 2) draft.mapped(key, ['retry', 'attempts'], undefined, source);
  else draft.approximated(key, ['retry', 'attempts'], 'at most 2 repetitions at one target', source);
};

const failures: Reader = (value, key, { draft, source }) => {
  const wanted = integerOf(value, 0, 999);
  if (wanted === undefined) return draft.refused(key, 'is no number', source);
  draft.config.retry['breaker'] = { failures: wanted + 1 };
  draft.approximated(key, ['retry', 'breaker', 'failures'], 'counts failures in a row, there those of a minute', source);
};

const coolDown: Reader = (value, key, { draft, source }) => {
  const seconds = numberOf(value);
  if (seconds === undefined || seconds < 0.001) return draft.refused(key, 'is no time', source);
  draft.config.retry['coolDown'] = formatMs(Math.trunc(Math.min(seconds, 3600) * 1000));
  draft.approximated(
    key,
    ['retry', 'coolDown'],
    'is the longest rest of a key; a provider that fails rests as `retry.breaker` says',
    source,
  );
};

const strategy: Reader = (value, key, { draft, source }) => {
  const known = textOf(value) === 'simple-shuffle';
  if (known) draft.approximated(key, undefined, 'keys are taken in turn or by weight; a conversation stays with its key', source);
  else draft.refused(key, 'is a strategy this program does not have; keys are taken in turn', source);
};

const debug: Reader = (value, key, { draft, source }) => {
  if (flagOf(value) !== true) return draft.mapped(key, undefined, 'is so here', source);
  draft.config.logging['level'] = 'debug';
  draft.approximated(key, ['logging', 'level'], 'bodies are not logged', source);
};

const builtIn =
  (note: string): Reader =>
  (_value, key, { draft, source }) =>
    draft.mapped(key, undefined, note, source);

const readers: Readonly<Record<string, Reader>> = {
  num_retries: attempts,
  allowed_fails: failures,
  cooldown_time: coolDown,
  request_timeout: timeoutReader,
  timeout: timeoutReader,
  routing_strategy: strategy,
  set_verbose: debug,
  drop_params: builtIn('what a provider cannot take is left out and named in `x-ccproxy-dropped`; `strict` refuses it'),
  json_logs: builtIn('the log is JSON'),
  optional_pre_call_checks: builtIn('a conversation stays with its target and key, so that the cache of the provider is used'),
};

/** Settings of all requests: time limits, repetition, fallbacks, the key of the gateway. */
export function importLitellmSettings(root: Entries, context: SettingsContext, models: ImportedModels): void {
  for (const section of routerSections) {
    const settings = mapOf(root[section]);
    for (const [key, value] of Object.entries(settings)) {
      const place = [section, key];
      const kind = fallbackKinds.find((each) => each === key);
      if (kind !== undefined) importFallbacks(kind, value, place, { ...context, targets: models.targets });
      else if (Object.hasOwn(readers, key)) readers[key]?.(value, place, context);
    }
  }
  for (const section of routerSections)
    importDefaultFallbacks(mapOf(root[section])['default_fallbacks'], [section, 'default_fallbacks'], {
      ...context,
      targets: models.targets,
    });
  importGeneral(mapOf(root['general_settings']), context);
  for (const name of Object.keys(mapOf(root['environment_variables'])))
    context.draft.refused(
      ['environment_variables', name],
      'is not copied: set it in the environment the daemon is started from',
      context.source,
    );
}

function importGeneral(settings: Entries, { draft, source }: SettingsContext): void {
  const key = textOf(settings['master_key']);
  if (key !== undefined) {
    const variable = litellmVariable(key);
    const credential = (variable === undefined ? undefined : referenceTo(variable)) ?? literalCredential(draft, 'CC_PROXY_AUTH_KEY', key);
    draft.config.server['authKey'] = credential.written.replace(/\}$/u, ':-}');
    const note = 'until the variable is set, no token is asked for';
    draft.approximated(
      ['general_settings', 'master_key'],
      ['server', 'authKey'],
      credential.note === undefined ? note : `${credential.note}; ${note}`,
      source,
    );
  }
  const concurrency = integerOf(settings['max_parallel_requests'], 1, 1_000_000);
  if (concurrency !== undefined) {
    draft.config.server['limits'] = { concurrency };
    draft.mapped(['general_settings', 'max_parallel_requests'], ['server', 'limits', 'concurrency'], undefined, source);
  }
}
