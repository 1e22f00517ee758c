import { isLoopback } from '../../base-url.js';
import { formatMs } from '../../format-ms.js';
import { literalCredential, referenceTo } from '../credential.js';
import type { Draft, Section } from '../draft.js';
import { type Entries, flagOf, integerOf, textOf } from '../source-values.js';
import { ccrVariable } from './ccr-text.js';

/** Names claude-code-router gives its levels, which are ours. */
const levels = new Set(['trace', 'debug', 'info', 'warn', 'error', 'fatal']);

const byHand: Readonly<Record<string, string>> = {
  PROXY_URL: 'set HTTPS_PROXY in the environment the daemon is started from; an address may hold a password, so it is not copied',
  NON_INTERACTIVE_MODE: 'is not needed: arguments and standard input of the client are passed on as they are',
  CLAUDE_PATH: 'set the variable CLAUDE_CLI_PATH if the client is not found',
  CUSTOM_ROUTER_PATH:
    'its module takes other arguments: write one for `plugins.routing` and a rule `{ preset: ccr-custom, custom: NAME, to: default }` after `image`',
  REWRITE_SYSTEM_PROMPT: 'the system prompt is not changed on its way',
  forceUseImageAgent: 'requests are not split: the rule `image` sends them whole',
  transformers: 'names modules of JavaScript, which are not loaded',
  plugins: 'has no counterpart; tokens and speed stand in `ccproxy usage` and the metrics',
  Plugins: 'has no counterpart; tokens and speed stand in `ccproxy usage` and the metrics',
  StatusLine: 'has no counterpart in the configuration',
};

/** How long providers may be silent, when the file says so. */
export function ccrTimeouts(root: Entries): Section | undefined {
  const most = 3_600_000;
  const timeout = integerOf(root['API_TIMEOUT_MS'], 1, Number.MAX_SAFE_INTEGER);
  return timeout === undefined ? undefined : { firstByte: formatMs(Math.min(timeout, most)) };
}

/** Everything at the top but providers and the router. */
export function importCcrSettings(draft: Draft, root: Entries): void {
  importServer(draft, root);
  importLogging(draft, root);
  if ('API_TIMEOUT_MS' in root) {
    if (ccrTimeouts(root) === undefined) draft.refused(['API_TIMEOUT_MS'], 'is no time');
    else
      draft.approximated(
        ['API_TIMEOUT_MS'],
        ['providers'],
        'is the time until the first byte of an answer, at every provider, and at most an hour',
      );
  }
  for (const [key, note] of Object.entries(byHand)) if (key in root) draft.refused([key], note);
}

function importServer(draft: Draft, root: Entries): void {
  const { server } = draft.config;
  const port = integerOf(root['PORT'], 1, 65_535);
  if (port !== undefined) {
    server['port'] = port;
    draft.mapped(['PORT'], ['server', 'port']);
  } else if ('PORT' in root) draft.refused(['PORT'], 'is no port');
  importHost(draft, root);
  const key = textOf(root['APIKEY']);
  if (key === undefined) return;
  const variable = ccrVariable(key);
  const credential = (variable === undefined ? undefined : referenceTo(variable)) ?? literalCredential(draft, 'CC_PROXY_AUTH_KEY', key);
  server['authKey'] = credential.written.replace(/\}$/u, ':-}');
  const note = 'until the variable is set, no token is asked for';
  draft.approximated(['APIKEY'], ['server', 'authKey'], credential.note === undefined ? note : `${credential.note}; ${note}`);
}

/** Opening the gateway to the network stays a step of the user's own. */
function importHost(draft: Draft, root: Entries): void {
  if (!('HOST' in root)) return;
  const host = textOf(root['HOST']);
  if (host !== undefined && isLoopback(host) && /^[\w.:[\]-]{1,64}$/u.test(host)) {
    draft.config.server['host'] = host;
    draft.mapped(['HOST'], ['server', 'host']);
  } else if (textOf(root['APIKEY']) === undefined) {
    draft.approximated(['HOST'], undefined, 'without APIKEY it is 127.0.0.1 there, and here');
  } else {
    draft.refused(
      ['HOST'],
      'the gateway listens on 127.0.0.1; for other machines write `server.host` yourself, with a `server.authKey` that is set',
    );
  }
}

function importLogging(draft: Draft, root: Entries): void {
  const level = textOf(root['LOG_LEVEL'])?.toLowerCase();
  if (level !== undefined && levels.has(level)) {
    draft.config.logging['level'] = level;
    draft.mapped(['LOG_LEVEL'], ['logging', 'level']);
  } else if ('LOG_LEVEL' in root) draft.refused(['LOG_LEVEL'], 'is no level of the log');
  if (!('LOG' in root)) return;
  if (flagOf(root['LOG']) === false)
    draft.approximated(['LOG'], undefined, 'the daemon keeps its log, without bodies; `logging.level: silent` ends it');
  else draft.mapped(['LOG'], undefined, 'there is always a log');
}
