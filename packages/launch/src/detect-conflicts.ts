import type { SettingsLayer } from './settings-layers.js';

/** Something on this machine that keeps a session from ccproxy, or changes what it costs. */
export interface Conflict {
  /** `blocking`: requests do not reach ccproxy at all. `warning`: they do, but not as one would expect. */
  readonly severity: 'blocking' | 'warning';
  /** Variable or settings key. */
  readonly name: string;
  /** File, or `environment`. */
  readonly where: string;
  readonly message: string;
  readonly fix: string;
}

export interface DetectConflictsOptions {
  /** From `readSettingsLayers`. */
  readonly layers: readonly SettingsLayer[];
  /** Base URL of the gateway; undefined while the daemon does not run. */
  readonly baseUrl: string | undefined;
  /** Whether Claude Code holds a login of its own. */
  readonly loggedIn: boolean;
}

/** Variables that send model calls elsewhere, whatever the base URL. */
const detours = [
  'CLAUDE_CODE_USE_BEDROCK',
  'CLAUDE_CODE_USE_VERTEX',
  'CLAUDE_CODE_USE_FOUNDRY',
  'CLAUDE_CODE_USE_MANTLE',
  'CLAUDE_CODE_USE_GATEWAY',
  'ANTHROPIC_UNIX_SOCKET',
] as const;

/** Variables that name a proxy. */
const proxies = ['HTTPS_PROXY', 'https_proxy', 'HTTP_PROXY', 'http_proxy', 'ALL_PROXY', 'all_proxy'] as const;

/** Keys and tokens that replace the subscription login of the client. */
const credentials = ['ANTHROPIC_AUTH_TOKEN', 'ANTHROPIC_API_KEY'] as const;

/** Finds what `doctor` has to name: settings that beat ours, credentials that hide a login, roads around the gateway. Values are never shown. */
export function detectConflicts({ layers, baseUrl, loggedIn }: DetectConflictsOptions): Conflict[] {
  return layers.flatMap((layer) => [
    ...unreadable(layer),
    ...otherBaseUrl(layer, baseUrl),
    ...roadsAround(layer),
    ...replacedLogin(layer, loggedIn),
    ...managedHeaders(layer),
    ...fixedModel(layer),
    ...proxiedLoopback(layer, layers),
  ]);
}

function unreadable(layer: SettingsLayer): Conflict[] {
  if (layer.problem === undefined) return [];
  const where = placeOf(layer);
  return [
    {
      severity: 'warning',
      name: 'settings',
      where,
      message: `${where} ${layer.problem}; Claude Code ignores or refuses it`,
      fix: `Correct ${where}.`,
    },
  ];
}

function otherBaseUrl(layer: SettingsLayer, baseUrl: string | undefined): Conflict[] {
  const name = 'ANTHROPIC_BASE_URL';
  const value = layer.env[name];
  if (value === undefined || value === '' || (baseUrl !== undefined && sameOrigin(value, baseUrl))) return [];
  const managed = layer.scope === 'managed';
  const message = managed
    ? 'managed settings fix another base URL, and nothing can override them'
    : 'another base URL is set here; `ccproxy claude` overrides it, a plain `claude` goes there';
  return [{ severity: managed ? 'blocking' : 'warning', name, where: placeOf(layer), message, fix: removal(layer, name) }];
}

function roadsAround(layer: SettingsLayer): Conflict[] {
  return detours
    .filter((name) => isOn(layer.env[name]))
    .map((name) => ({
      severity: 'blocking' as const,
      name,
      where: placeOf(layer),
      message: `${name} sends model calls past ccproxy`,
      fix: removal(layer, name),
    }));
}

function replacedLogin(layer: SettingsLayer, loggedIn: boolean): Conflict[] {
  if (!loggedIn) return [];
  const names: string[] = credentials.filter((name) => (layer.env[name] ?? '') !== '');
  if (typeof layer.settings['apiKeyHelper'] === 'string') names.push('apiKeyHelper');
  return names.map((name) => ({
    severity: 'warning' as const,
    name,
    where: placeOf(layer),
    message: `${name} is used instead of your Claude login, and is billed by use`,
    fix: removal(layer, name),
  }));
}

function managedHeaders(layer: SettingsLayer): Conflict[] {
  const name = 'ANTHROPIC_CUSTOM_HEADERS';
  if (layer.scope !== 'managed' || (layer.env[name] ?? '') === '') return [];
  const message = 'managed settings replace the custom headers, so the token of a session does not arrive';
  return [{ severity: 'blocking', name, where: placeOf(layer), message, fix: removal(layer, name) }];
}

function fixedModel(layer: SettingsLayer): Conflict[] {
  const { model } = layer.settings;
  const name = typeof model === 'string' ? 'model' : (layer.env['ANTHROPIC_MODEL'] ?? '') === '' ? undefined : 'ANTHROPIC_MODEL';
  if (name === undefined) return [];
  const message = `${name} fixes the model the client asks for; rules on \`model\` see only that one`;
  return [
    {
      severity: 'warning',
      name,
      where: placeOf(layer),
      message,
      fix: `Keep it if that is what you want; otherwise: ${removal(layer, name)}`,
    },
  ];
}

/** A proxy without an exception for loopback: the client sends calls for a loopback base URL to it (measured with Claude Code 2.1.328). */
function proxiedLoopback(layer: SettingsLayer, layers: readonly SettingsLayer[]): Conflict[] {
  const name = proxies.find((variable) => (layer.env[variable] ?? '') !== '');
  if (name === undefined) return [];
  const excepted = layers.some(({ env }) =>
    /(?:^|[\s,])(?:\*|127\.0\.0\.1|localhost)(?:$|[\s,])/u.test(`${env['NO_PROXY'] ?? ''},${env['no_proxy'] ?? ''}`),
  );
  if (excepted) return [];
  const message = `${name} is set and NO_PROXY does not except loopback addresses; ccproxy claude adds the exception, a plain claude asks the proxy for ccproxy`;
  return [{ severity: 'warning', name, where: placeOf(layer), message, fix: 'Add `127.0.0.1,localhost` to NO_PROXY.' }];
}

function placeOf(layer: SettingsLayer): string {
  return layer.file ?? layer.scope;
}

function removal(layer: SettingsLayer, name: string): string {
  if (layer.scope === 'managed') return `Ask whoever manages this machine to remove ${name} from ${placeOf(layer)}.`;
  return layer.file === undefined ? `Unset ${name}.` : `Remove ${name} from ${layer.file}.`;
}

/** How Claude Code reads its switches. */
function isOn(value: string | undefined): boolean {
  return value !== undefined && !['', '0', 'false', 'no', 'off'].includes(value.toLowerCase());
}

function sameOrigin(value: string, baseUrl: string): boolean {
  return URL.canParse(value) && URL.canParse(baseUrl) && new URL(value).origin === new URL(baseUrl).origin;
}
