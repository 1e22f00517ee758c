import { joinCustomHeaders } from './custom-headers.js';
import { joinNoProxy } from './no-proxy.js';
import { envOf, mergeSettings, type SettingsObject } from './settings-object.js';

/** Features of the client, on only when every target a session can reach supports them. */
export interface SessionCapabilities {
  /** Request class, agent type and prompt id in headers. */
  readonly hintHeaders: boolean;
  /** Tools are found by search instead of being sent with every request. */
  readonly toolSearch: boolean;
  /** The model menu is filled from `/v1/models`. */
  readonly modelDiscovery: boolean;
}

export interface SessionSettingsOptions {
  /** Of the gateway, perhaps with a project's path prefix. */
  readonly baseUrl: string;
  /** Gateway token of this session; undefined: the gateway needs none. */
  readonly token: string | undefined;
  readonly capabilities: SessionCapabilities;
  /** Most output tokens a request may ask for, when the project bounds them. */
  readonly outputLimit?: number | undefined;
  /** The user's own `--settings`, merged. */
  readonly userSettings: SettingsObject;
  /** Environment the session would have without ccproxy; see `effectiveEnvironment`. */
  readonly userEnv: Readonly<Record<string, string | undefined>>;
}

/**
 * The settings of one session: the user's own with the environment that leads the client to ccproxy. Settings are the only way that beats
 * every other source (measured). What leads to the gateway wins over the user's value; a feature switch the user has set stays as it is.
 * Nothing touches HTTP(S)_PROXY, and no ANTHROPIC_AUTH_TOKEN is set: a subscription login stays in force.
 */
export function buildSessionSettings(options: SessionSettingsOptions): SettingsObject {
  const { baseUrl, token, userSettings } = options;
  const env = { ...options.userEnv, ...envOf(userSettings) };
  const noProxy = joinNoProxy([env['NO_PROXY'], env['no_proxy']], baseUrl);
  return mergeSettings(userSettings, {
    env: {
      ANTHROPIC_BASE_URL: baseUrl,
      ...(token === undefined ? {} : { ANTHROPIC_CUSTOM_HEADERS: joinCustomHeaders(env['ANTHROPIC_CUSTOM_HEADERS'], token) }),
      ...featureSwitches(options.capabilities, env),
      ...outputBound(options.outputLimit, env),
      NO_PROXY: noProxy,
      no_proxy: noProxy,
    },
  });
}

/** The same as plain variables, for a program that is given an environment instead of settings. */
export const sessionEnvironment = (options: Omit<SessionSettingsOptions, 'userSettings'>): Record<string, string> =>
  envOf(buildSessionSettings({ ...options, userSettings: {} }));

/** The client asks for its own maximum otherwise, which the gateway would refuse. A lower bound of the user stays. */
function outputBound(limit: number | undefined, env: Readonly<Record<string, string | undefined>>): Record<string, string> {
  const name = 'CLAUDE_CODE_MAX_OUTPUT_TOKENS';
  const own = Number(env[name]);
  return limit === undefined || (own > 0 && own <= limit) ? {} : { [name]: String(limit) };
}

function featureSwitches(capabilities: SessionCapabilities, env: Readonly<Record<string, string | undefined>>): Record<string, string> {
  const switches: readonly (readonly [string, string, boolean])[] = [
    ['CLAUDE_CODE_GATEWAY_HINT_HEADERS', '1', capabilities.hintHeaders],
    ['ENABLE_TOOL_SEARCH', 'true', capabilities.toolSearch],
    ['CLAUDE_CODE_ENABLE_GATEWAY_MODEL_DISCOVERY', '1', capabilities.modelDiscovery],
  ];
  return Object.fromEntries(switches.flatMap(([name, value, on]) => (on && (env[name] ?? '') === '' ? [[name, value]] : [])));
}
