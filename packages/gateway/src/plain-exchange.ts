import type { ServerResponse } from 'node:http';
import type { CcproxyError } from '@ccproxy/kernel';
import { errorAnswer } from '@ccproxy/http';
import type { HeaderFields, Provider, ProviderCall, ProviderRequest, ProviderSink } from '@ccproxy/providers';
import { ClientResponse, type ClientResponseOwner } from './client-response.js';
import { errors } from './errors.js';
import type { GatewayContext } from './gateway-context.js';
import { maskSecrets } from './mask-secrets.js';
import type { RequestOutcome } from './gateway-metrics.js';
import { responseHead } from './response-head.js';

/** Who asks what of whom: a request that is passed on as it is, without a row in the ledger. */
export interface PlainRequest {
  readonly id: string;
  readonly route: string;
  readonly target: string;
  readonly principal: string;
  readonly provider: Provider;
  readonly call: ProviderRequest;
  /** Monotonic, ms. */
  readonly started: number;
}

/** One request that is neither a message nor metered: counting tokens, and endpoints of the Anthropic API this program does not know. */
export class PlainExchange implements ProviderSink, ClientResponseOwner {
  readonly #context: GatewayContext;
  readonly #request: PlainRequest;
  readonly #client: ClientResponse;
  #leave: (() => void) | undefined;
  #call: ProviderCall | undefined;
  #masks = false;
  #outcome: RequestOutcome = 'aborted';
  #errorCode: string | undefined;

  constructor(context: GatewayContext, request: PlainRequest, response: ServerResponse) {
    this.#context = context;
    this.#request = request;
    this.#client = new ClientResponse(response, context.clock, this);
  }

  start(): void {
    this.#leave = this.#context.live.add(this);
    this.#call = this.#request.provider.call(this.#request.call, this);
  }

  onHead(status: number, headers: HeaderFields): void {
    this.#masks = status >= 400;
    this.#client.startDocument(status, this.#head(headers));
  }

  onData(chunk: Buffer): void {
    if (this.#masks) maskSecrets(chunk, this.#context.keysOf(this.#request.provider.name));
    this.#client.write(chunk);
  }

  onEnd(): void {
    this.#outcome = this.#masks ? 'error' : 'ok';
    this.#client.end();
  }

  onError(error: CcproxyError): void {
    this.#outcome = 'error';
    this.#errorCode = error.code;
    if (this.#client.headSent) return this.#client.destroy();
    const { status, headers, body } = errorAnswer(error, this.#request.id);
    this.#client.startDocument(status, this.#head({ ...headers, ...(error.retryable ? {} : { 'x-should-retry': 'false' }) }));
    this.#client.end(Buffer.from(body));
  }

  hold(): void {
    this.#call?.pause();
  }

  release(): void {
    this.#call?.resume();
  }

  headHoldOver(): void {}

  closed(): void {
    this.#call?.abort();
    this.#leave?.();
    this.#context.accessLog.write({
      requestId: this.#request.id,
      method: this.#request.call.method,
      path: this.#request.call.path,
      status: this.#client.status,
      durationMs: this.#context.clock.monotonic() - this.#request.started,
      outcome: this.#outcome,
      route: this.#request.route,
      target: this.#request.target,
      provider: this.#request.provider.name,
      principal: this.#request.principal,
      bytesIn: this.#request.call.body?.length ?? 0,
      bytesOut: this.#client.bytes,
      errorCode: this.#errorCode,
    });
  }

  stop(): void {
    if (this.#outcome !== 'aborted') return;
    this.#call?.abort();
    this.onError(errors.CCP_GATEWAY_STOPPING({ message: 'The daemon stopped before the answer was complete.' }));
  }

  #head(headers: HeaderFields): HeaderFields {
    const { id, route, target } = this.#request;
    return responseHead(headers, { requestId: id, route, target, attempts: 1, dropped: [] });
  }
}
