import type { ProviderConfig } from '@ccproxy/config';
import { errors } from './errors.js';
import { failedCall } from './failed-call.js';
import type { Availability, Provider, ProviderCall, ProviderRequest, ProviderSink } from './provider.js';

/** Stands in for a provider that cannot be used; every call fails with CCP_PROVIDER_UNAVAILABLE and the reason. */
export class UnavailableProvider implements Provider {
  readonly name: string;
  readonly type: Provider['type'];
  readonly protocol = 'anthropic';
  readonly origin = undefined;
  readonly openToAnonymous: boolean;
  readonly #reason: string;

  constructor(config: ProviderConfig, reason: string) {
    this.name = config.name;
    this.type = config.type;
    this.openToAnonymous = config.auth.kind === 'client';
    this.#reason = reason;
  }

  availability(): Availability {
    return { available: false, reason: this.#reason };
  }

  call(_request: ProviderRequest, sink: ProviderSink): ProviderCall {
    return failedCall(errors.CCP_PROVIDER_UNAVAILABLE({ message: `provider "${this.name}" cannot be used: ${this.#reason}` }), sink);
  }

  async close(): Promise<void> {}
}
