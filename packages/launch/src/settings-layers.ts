import path from 'node:path';
import { parseJson } from '@ccproxy/kernel';
import { withoutLocalHeaders } from './custom-headers.js';
import { readSettingsText } from './read-settings-argument.js';
import { envOf, isSettingsObject, type SettingsObject } from './settings-object.js';

/**
 * A place Claude Code takes settings and environment from, lowest precedence first (measured: a settings file beats the process
 * environment, `--settings` beats user, project and local files; managed settings beat everything).
 */
export type LayerScope = 'environment' | 'user' | 'project' | 'local' | 'arguments' | 'managed';

export interface SettingsLayer {
  readonly scope: LayerScope;
  /** File it was read from. */
  readonly file: string | undefined;
  readonly settings: SettingsObject;
  readonly env: Readonly<Record<string, string>>;
  /** Why the file could not be used, as a sentence fragment; a file that does not exist is no problem. */
  readonly problem: string | undefined;
}

export interface LayerPlaces {
  readonly env: Readonly<Record<string, string | undefined>>;
  readonly cwd: string;
  readonly home: string;
  readonly platform: NodeJS.Platform;
}

/** Reads every layer but the arguments, in order of precedence. Never throws: an unreadable file is a layer with a problem. */
export async function readSettingsLayers(places: LayerPlaces): Promise<SettingsLayer[]> {
  const files = settingsFiles(places);
  const read = await Promise.all((['user', 'project', 'local', 'managed'] as const).map((scope) => readLayer(scope, files[scope])));
  return [environmentLayer(places.env), ...read];
}

/** Where Claude Code keeps its settings (documented). */
export function settingsFiles({ env, cwd, home, platform }: LayerPlaces): Record<'user' | 'project' | 'local' | 'managed', string> {
  const place = platform === 'win32' ? path.win32 : path.posix;
  const configured = env['CLAUDE_CONFIG_DIR'];
  const user = configured === undefined || configured === '' ? place.join(home, '.claude') : place.resolve(cwd, configured);
  const managed: Partial<Record<NodeJS.Platform, string>> = {
    darwin: '/Library/Application Support/ClaudeCode',
    win32: 'C:\\Program Files\\ClaudeCode',
  };
  return {
    user: place.join(user, 'settings.json'),
    project: place.join(cwd, '.claude', 'settings.json'),
    local: place.join(cwd, '.claude', 'settings.local.json'),
    managed: place.join(managed[platform] ?? '/etc/claude-code', 'managed-settings.json'),
  };
}

/** The layer of the user's own `--settings`. */
export function argumentsLayer(settings: SettingsObject): SettingsLayer {
  return { scope: 'arguments', file: undefined, settings, env: envOf(settings), problem: undefined };
}

/**
 * The environment a session would have without ccproxy, managed settings aside (they cannot be joined: they win anyway).
 * Custom headers of a project's shared file are taken without credentials: repeating them in `--settings` would lift a repository's
 * header past the question whether its folder is trusted.
 */
export function effectiveEnvironment(layers: readonly SettingsLayer[]): Record<string, string> {
  const env: Record<string, string> = {};
  for (const layer of layers) {
    if (layer.scope === 'managed') continue;
    for (const [name, value] of Object.entries(layer.env)) {
      const shared = layer.scope === 'project' && name === 'ANTHROPIC_CUSTOM_HEADERS';
      env[name] = shared ? withoutLocalHeaders(value, { credentials: true }) : value;
    }
  }
  return env;
}

function environmentLayer(env: LayerPlaces['env']): SettingsLayer {
  const set = Object.entries(env).flatMap(([name, value]) => (value === undefined ? [] : [[name, value] as const]));
  return { scope: 'environment', file: undefined, settings: {}, env: Object.fromEntries(set), problem: undefined };
}

async function readLayer(scope: LayerScope, file: string): Promise<SettingsLayer> {
  const empty = (problem: string | undefined): SettingsLayer => ({ scope, file, settings: {}, env: {}, problem });
  const read = await readSettingsText(file);
  if ('reason' in read) return empty(read.missing ? undefined : `cannot be read: ${read.reason}`);
  if (read.text.trim() === '') return empty(undefined);
  const parsed = parseJson(read.text);
  if (!parsed.ok) return empty(`is not valid JSON (line ${parsed.line}, column ${parsed.column})`);
  if (!isSettingsObject(parsed.value)) return empty('does not hold a JSON object');
  return { scope, file, settings: parsed.value, env: envOf(parsed.value), problem: undefined };
}
