import type { ProviderConfig } from '@ccproxy/config';
import type { Clock, Logger } from '@ccproxy/kernel';
import { AnthropicProvider } from './anthropic-provider.js';
import { DemoProvider } from './demo/demo-provider.js';
import type { Egress } from './egress.js';
import type { Provider } from './provider.js';
import { UnavailableProvider } from './unavailable-provider.js';

/** What every adapter works with. */
export interface ProviderDeps {
  readonly clock: Clock;
  readonly logger: Logger;
  readonly egress: Egress;
  /** [0, 1): ids of demo answers. */
  readonly random: () => number;
}

/**
 * Makes the provider a configuration describes. Never throws: what cannot be used (no adapter for its type in this version, an unset
 * variable, an unreadable CA file) becomes a provider that is not available and says why, so that one bad entry hurts itself only.
 */
export function createProvider(config: ProviderConfig, deps: ProviderDeps): Provider {
  if (config.type === 'demo') return new DemoProvider(config, deps);
  if (config.type !== 'anthropic') return new UnavailableProvider(config, `this version has no adapter for type ${config.type}`);
  if (config.baseUrl === undefined) return new UnavailableProvider(config, 'it has no baseUrl');
  if (config.unavailable !== undefined) return new UnavailableProvider(config, config.unavailable);
  try {
    return new AnthropicProvider(config, config.baseUrl, deps);
  } catch (cause) {
    const reason = cause instanceof Error ? cause.message : String(cause);
    deps.logger.error({ provider: config.name, reason }, 'provider cannot be set up');
    return new UnavailableProvider(config, reason);
  }
}
