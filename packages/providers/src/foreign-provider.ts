import type { CapabilityRule, ProviderConfig } from '@ccproxy/config';
import { asCcproxyError, type CcproxyError, type Clock } from '@ccproxy/kernel';
import { translateErrors } from '@ccproxy/translate';
import { errorBody, type JsonObject } from '@ccproxy/wire';
import type { Dispatcher } from 'undici';
import { answeredCall } from './answered-call.js';
import type { Credential, CredentialSource } from './credentials/credential-source.js';
import { RenewedCall } from './credentials/renewed-call.js';
import { createDispatcher, type Egress } from './egress.js';
import { endpointOf } from './endpoint.js';
import { failedCall } from './failed-call.js';
import type { Availability, Provider, ProviderCall, ProviderRequest, ProviderSink } from './provider.js';
import { serveWebTools, type WebSearch } from './search/serve-web-tools.js';
import { AnswerTranslation } from './translated/answer-translation.js';
import { CollectedCall, type CollectedAnswer } from './translated/collected-call.js';
import type { ForeignApi } from './translated/foreign-api.js';
import { foreignRequestHeaders } from './translated/foreign-headers.js';
import { type ForeignRequest, foreignRequest } from './translated/foreign-request.js';
import { modelListAnswer } from './translated/model-list.js';
import { readObject } from './translated/read-object.js';
import { TranslatedCall } from './translated/translated-call.js';
import { UpstreamCall, type UpstreamCallContext } from './upstream-call.js';
import { watchedSink } from './watched-sink.js';

export interface ForeignProviderDeps {
  readonly clock: Clock;
  readonly egress: Egress;
  readonly random: () => number;
  readonly source: CredentialSource;
  readonly capabilities: readonly CapabilityRule[];
  readonly watch?: (chunk: Buffer) => void;
  /** Searches the web for models that cannot. */
  readonly webSearch?: WebSearch;
}

/** JSON that is nested some ten thousand levels deep can be read but not written again. */
const tooDeep = (): CcproxyError => translateErrors.CCP_TRANSLATE_INVALID({ message: 'the request is nested too deeply to be translated' });

/** A provider of another protocol: it is asked in the Anthropic protocol, and answers in it. */
export class ForeignProvider implements Provider {
  readonly name: string;
  readonly type: ProviderConfig['type'];
  readonly protocol = 'anthropic';
  readonly origin: string;
  /** It spends a key of the user's configuration, or a machine of theirs. */
  readonly openToAnonymous = false;
  readonly #api: ForeignApi;
  readonly #config: ProviderConfig;
  readonly #deps: ForeignProviderDeps;
  readonly #prefix: string;
  readonly #dispatcher: Dispatcher;
  readonly #context: UpstreamCallContext;
  #closed: Promise<void> | undefined;

  /** Throws TypeError for a `baseUrl` that cannot be called, and what reading a CA file throws. */
  constructor(config: ProviderConfig, baseUrl: string, api: ForeignApi, deps: ForeignProviderDeps) {
    const { origin, prefix } = endpointOf(baseUrl);
    this.name = config.name;
    this.type = config.type;
    this.origin = origin;
    this.#api = api;
    this.#config = config;
    this.#deps = deps;
    this.#prefix = api.prefix(prefix);
    this.#dispatcher = createDispatcher(origin, deps.egress, config.timeouts.connect);
    this.#context = { provider: config.name, dispatcher: this.#dispatcher, clock: deps.clock, timeouts: config.timeouts };
  }

  availability(): Availability {
    return this.#deps.source.availability();
  }

  call(request: ProviderRequest, sink: ProviderSink): ProviderCall {
    const [path] = request.path.split('?', 1);
    try {
      if (request.method === 'POST' && path === '/v1/messages') return this.#messages(request, sink);
      if (request.method === 'POST' && path === '/v1/messages/count_tokens') return this.#count(request, sink);
      if (request.method === 'GET' && path === '/v1/models') return this.#models(sink);
    } catch (thrown) {
      return failedCall(thrown instanceof RangeError ? tooDeep() : asCcproxyError(thrown), sink);
    }
    return answeredCall(501, errorBody('not_supported', `A provider of type ${this.type} does not have this endpoint.`), sink);
  }

  close(): Promise<void> {
    this.#closed ??= Promise.all([this.#dispatcher.close(), this.#deps.webSearch?.backend.close()]).then(() => undefined);
    return this.#closed;
  }

  #messages(request: ProviderRequest, sink: ProviderSink): ProviderCall {
    const foreign = this.#translate(request, true);
    const { unserved } = foreign.translated;
    if (unserved.length === 0) return this.#ask(foreign, request.stream, sink);
    const serving = {
      provider: this.name,
      unserved,
      messageId: foreign.translated.context.messageId,
      webSearch: this.#deps.webSearch,
      ask: (next: ProviderRequest, leaveOut: boolean, own: ProviderSink) =>
        this.#ask(this.#translate(next, true, leaveOut), next.stream, own),
    };
    return serveWebTools(request, serving, sink);
  }

  #ask(foreign: ForeignRequest, stream: boolean, sink: ProviderSink): ProviderCall {
    const { translated, model } = foreign;
    const translation = new AnswerTranslation(this.#api, translated.context, this.#deps.clock);
    const body = this.#api.complete?.(foreign, this.#config) ?? translated.body;
    const path = this.#api.messagesPath(model, stream);
    const call = { provider: this.name, translation, stream, dropped: translated.dropped };
    return new TranslatedCall(call, (own) => this.#send('POST', path, stream, body, own), sink);
  }

  /** Exact where the protocol can count; else, and when that fails, the estimate: a client must always get a number (row 122). */
  #count(request: ProviderRequest, sink: ProviderSink): ProviderCall {
    const { count } = this.#api;
    const estimate = JSON.stringify({ input_tokens: request.notes?.inputTokens ?? this.#translate(request, false).inputTokens });
    if (count === undefined) return answeredCall(200, estimate, sink);
    const { model, translated } = this.#translate(request, false);
    const read = ({ status, body }: CollectedAnswer): string => {
      const answer = status === 200 ? readObject(body) : undefined;
      const tokens = answer === undefined ? undefined : count.tokens(answer);
      return tokens === undefined ? estimate : JSON.stringify({ input_tokens: tokens });
    };
    const counted = { read, otherwise: estimate };
    return new CollectedCall(counted, (own) => this.#send('POST', count.path(model), false, count.body(translated.body, model), own), sink);
  }

  #models(sink: ProviderSink): ProviderCall {
    const read = ({ status, body }: CollectedAnswer): string | undefined => {
      const answer = status === 200 ? readObject(body) : undefined;
      return answer === undefined ? undefined : modelListAnswer(this.#api.models(answer));
    };
    return new CollectedCall({ read, otherwise: undefined }, (own) => this.#send('GET', this.#api.modelsPath, false, undefined, own), sink);
  }

  #translate(request: ProviderRequest, answers: boolean, leaveOut = !answers): ForeignRequest {
    return foreignRequest(request, {
      provider: this.name,
      api: this.#api,
      rules: this.#deps.capabilities,
      strict: this.#config.strict === true,
      messageId: `msg_${this.#id()}`,
      answers,
      servesWebTools: !leaveOut,
    });
  }

  #send(method: 'GET' | 'POST', path: string, stream: boolean, body: JsonObject | undefined, sink: ProviderSink): ProviderCall {
    const bytes = body === undefined ? null : Buffer.from(JSON.stringify(body));
    const { watch, source } = this.#deps;
    const send = (credential: Credential, to: ProviderSink): ProviderCall => {
      const headers = foreignRequestHeaders(this.#api, credential, stream);
      const request = { origin: this.origin, method, path: this.#prefix + path, headers, body: bytes };
      return new UpstreamCall(this.#context, request, watch === undefined ? to : watchedSink(to, watch));
    };
    const fixed = source.renewable ? undefined : source.current();
    return fixed === undefined ? new RenewedCall(source, send, sink) : send(fixed, sink);
  }

  /** 24 random letters and digits. */
  #id(): string {
    return Array.from({ length: 24 }, () => Math.floor(this.#deps.random() * 36).toString(36)).join('');
  }
}
