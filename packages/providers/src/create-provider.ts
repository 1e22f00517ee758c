import type { CapabilityRule, ProviderConfig, WebSearchConfig } from '@ccproxy/config';
import type { Clock, Logger } from '@ccproxy/kernel';
import { AdapterProvider } from './adapter/adapter-provider.js';
import type { StartAdapter } from './adapter/adapter-link.js';
import { AnthropicProvider } from './anthropic-provider.js';
import { geminiApi } from './apis/gemini-api.js';
import { createOllamaApi } from './apis/ollama-api.js';
import { openaiApi } from './apis/openai-api.js';
import { openaiResponsesApi } from './apis/openai-responses-api.js';
import type { CredentialSource } from './credentials/credential-source.js';
import { createCredentialSource } from './credentials/create-credential-source.js';
import { systemSourceIo } from './credentials/source-io.js';
import { DemoProvider } from './demo/demo-provider.js';
import type { Egress } from './egress.js';
import { ForeignProvider } from './foreign-provider.js';
import type { Provider } from './provider.js';
import { createWebSearch } from './search/create-web-search.js';
import type { ForeignApi } from './translated/foreign-api.js';
import { UnavailableProvider } from './unavailable-provider.js';

/** What every adapter works with. */
export interface ProviderDeps {
  readonly clock: Clock;
  readonly logger: Logger;
  readonly egress: Egress;
  /** [0, 1): ids of demo answers and of translated ones. */
  readonly random: () => number;
  /** What the configuration says of models, before the built-in table; none when absent. */
  readonly capabilities?: readonly CapabilityRule[];
  /** Where the credential of this provider comes from; made from its configuration when absent. */
  readonly source?: CredentialSource;
  /** Sees what providers of another protocol send, before it is translated: for a probe. */
  readonly watch?: (chunk: Buffer) => void;
  /** Starts the adapter of a provider; in a thread when absent. */
  readonly startAdapter?: StartAdapter;
  /** The search engine for models of other protocols whose provider has none; absent: there is none. */
  readonly webSearch?: WebSearchConfig;
}

/** The wire API of a provider of another protocol; undefined for those that are asked in the Anthropic protocol. */
function foreignApiOf(type: ProviderConfig['type']): ForeignApi | undefined {
  if (type === 'openai') return openaiApi;
  if (type === 'openai-responses') return openaiResponsesApi;
  if (type === 'gemini') return geminiApi;
  return type === 'ollama' ? createOllamaApi() : undefined;
}

/** Nothing else logs what a provider made without a source is called with. */
const ownSource = (config: ProviderConfig, { clock, logger, egress }: ProviderDeps): CredentialSource =>
  createCredentialSource(config, { clock, logger, io: systemSourceIo(egress.env), secrets: { add() {}, remove() {} } });

function create(config: ProviderConfig, baseUrl: string, given: ProviderDeps): Provider {
  const { capabilities = [], source = ownSource(config, given), webSearch, ...rest } = given;
  const deps = { ...rest, source };
  const api = foreignApiOf(config.type);
  if (api === undefined) return new AnthropicProvider(config, baseUrl, deps);
  const search = createWebSearch(webSearch, deps);
  return new ForeignProvider(config, baseUrl, api, { ...deps, capabilities, ...(search === undefined ? {} : { webSearch: search }) });
}

/**
 * Makes the provider a configuration describes. Never throws: what cannot be used (an unset variable, an unreadable CA file) becomes a
 * provider that is not available and says why, so that one bad entry hurts itself only.
 */
export function createProvider(config: ProviderConfig, deps: ProviderDeps): Provider {
  if (config.type === 'demo') return new DemoProvider(config, deps);
  if (config.unavailable !== undefined) return new UnavailableProvider(config, config.unavailable);
  if (config.adapter !== undefined) {
    return new AdapterProvider(config, config.adapter, { ...deps, source: deps.source ?? ownSource(config, deps) });
  }
  if (config.baseUrl === undefined) return new UnavailableProvider(config, 'it has no baseUrl');
  try {
    return create(config, config.baseUrl, deps);
  } catch (cause) {
    const reason = cause instanceof Error ? cause.message : String(cause);
    deps.logger.error({ provider: config.name, reason }, 'provider cannot be set up');
    return new UnavailableProvider(config, reason);
  }
}
