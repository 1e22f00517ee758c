import type { Config, ProviderType } from '@ccproxy/config';

/** Client features that are switched on only when every target a request can reach serves them. */
export interface SessionCapabilities {
  readonly toolSearch: boolean;
  readonly hintHeaders: boolean;
  readonly modelDiscovery: boolean;
}

/** What a wire API can do for the client beyond plain Messages. Tool search needs `defer_loading` to reach the model. */
const toolSearchByType: Readonly<Record<ProviderType, boolean>> = {
  anthropic: true,
  demo: true,
  ollama: false,
  openai: false,
  'openai-responses': false,
  gemini: false,
  // Nobody knows what a module of the user's makes of it.
  adapter: false,
};

/** The features a session may switch on. Hint headers and the model list are answered by the gateway itself, whatever the target. */
export function sessionCapabilities(config: Config): SessionCapabilities {
  const types = Object.values(config.models).map((target) => config.providers[target.provider]?.type);
  return {
    toolSearch: types.every((type) => type !== undefined && toolSearchByType[type]),
    hintHeaders: true,
    modelDiscovery: true,
  };
}
