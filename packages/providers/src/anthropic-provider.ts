import type { ProviderConfig } from '@ccproxy/config';
import type { Clock } from '@ccproxy/kernel';
import type { Dispatcher } from 'undici';
import type { Credential, CredentialSource } from './credentials/credential-source.js';
import { RenewedCall } from './credentials/renewed-call.js';
import { isAnthropicHost, isSubscriptionHeader, isSubscriptionToken, mayHaveSubscription } from './credentials/subscription.js';
import { createDispatcher, type Egress } from './egress.js';
import { endpointOf } from './endpoint.js';
import { errors } from './errors.js';
import { EstimatedCount } from './estimated-count.js';
import { failedCall } from './failed-call.js';
import type { Availability, HeaderFields, Provider, ProviderCall, ProviderRequest, ProviderSink, RequestNotes } from './provider.js';
import { requestHeaders } from './request-headers.js';
import { stripForeignThinking } from './strip-foreign-thinking.js';
import { UpstreamCall, type UpstreamCallContext } from './upstream-call.js';

const nothing = { body: null, stripped: 0 };

/** The client and its SDK name themselves so on every call (measured: facts page claude-code-client §2). */
const isClaudeCode = (userAgent: HeaderFields[string]): boolean => /^claude-(?:cli|code)\//.test(String(userAgent ?? ''));

/** The Anthropic Messages API, or any server that speaks it: bytes pass through. */
export class AnthropicProvider implements Provider {
  readonly name: string;
  readonly type = 'anthropic';
  readonly protocol = 'anthropic';
  readonly origin: string;
  readonly openToAnonymous: boolean;
  readonly #source: CredentialSource;
  readonly #prefix: string;
  readonly #foreignHost: boolean;
  readonly #anthropicHost: boolean;
  readonly #dispatcher: Dispatcher;
  readonly #context: UpstreamCallContext;
  #closed: Promise<void> | undefined;

  /** Throws TypeError for a `baseUrl` that is not an http(s) URL or names a metadata service, and what reading a CA file throws. */
  constructor(
    config: ProviderConfig,
    baseUrl: string,
    deps: { readonly clock: Clock; readonly egress: Egress; readonly source: CredentialSource },
  ) {
    const { origin, hostname, prefix } = endpointOf(baseUrl);
    this.name = config.name;
    this.origin = origin;
    this.openToAnonymous = config.auth.kind === 'client';
    this.#source = deps.source;
    this.#prefix = prefix;
    this.#anthropicHost = isAnthropicHost(hostname);
    this.#foreignHost = !mayHaveSubscription(hostname);
    this.#dispatcher = createDispatcher(origin, deps.egress, config.timeouts.connect);
    this.#context = { provider: config.name, dispatcher: this.#dispatcher, clock: deps.clock, timeouts: config.timeouts };
  }

  availability(): Availability {
    return this.#source.availability();
  }

  call(request: ProviderRequest, sink: ProviderSink): ProviderCall {
    const { body, stripped } = request.body === undefined ? nothing : stripForeignThinking(request.body, this.#anthropicHost);
    const send = (credential: Credential, to: ProviderSink): ProviderCall => {
      const refusal = this.#keepsSubscription(request, credential);
      if (refusal !== undefined) return failedCall(errors.CCP_PROVIDER_SUBSCRIPTION({ message: refusal }), to);
      const headers = requestHeaders(request.rawClientHeaders ?? request.clientHeaders, credential);
      const sent = { origin: this.origin, method: request.method, path: this.#prefix + request.path, headers, body };
      const call = new UpstreamCall(this.#context, sent, to);
      if (stripped > 0) call.dropped = ['thinking of another model'];
      return call;
    };
    const to = this.#estimates(request) ? new EstimatedCount(sink, request.notes.inputTokens) : sink;
    const fixed = this.#source.renewable ? undefined : this.#source.current();
    return fixed === undefined ? new RenewedCall(this.#source, send, to) : send(fixed, to);
  }

  /** Whether a count may be replaced by the estimate: Anthropic itself can count, and its 404 says that there is no such model. */
  #estimates(request: ProviderRequest): request is ProviderRequest & { readonly notes: RequestNotes } {
    return request.notes !== undefined && !this.#anthropicHost && request.path.split('?', 1)[0] === '/v1/messages/count_tokens';
  }

  /** Why a subscription login, of the request or of the configuration, goes nowhere; undefined when there is none or it may go. */
  #keepsSubscription({ clientHeaders }: ProviderRequest, credential: Credential): string | undefined {
    const login =
      credential.kind === 'client'
        ? isSubscriptionHeader(clientHeaders['authorization'])
        : credential.kind === 'bearer' && isSubscriptionToken(credential.value);
    if (!login) return undefined;
    if (this.#foreignHost) return `a Claude subscription login is not sent to ${this.origin} (provider "${this.name}")`;
    return isClaudeCode(clientHeaders['user-agent'])
      ? undefined
      : 'a Claude subscription login is sent on for Claude Code only, and this client is another one';
  }

  close(): Promise<void> {
    this.#closed ??= this.#dispatcher.close();
    return this.#closed;
  }
}
