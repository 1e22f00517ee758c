import type { CcproxyError } from '@ccproxy/kernel';
import { errorBody, errorTypeForStatus, type HeaderFields } from '@ccproxy/wire';
import { sendWhole } from '../answered-call.js';
import { errors } from '../errors.js';
import type { ProviderCall, ProviderSink } from '../provider.js';
import { BoundedBody } from './bounded-body.js';

/** Neither a count nor a list of models is longer, bytes. */
const LARGEST = 4 * 1024 * 1024;
const json = { 'content-type': 'application/json; charset=utf-8' };

export interface CollectedAnswer {
  readonly status: number;
  readonly body: Buffer;
}

export interface Collecting {
  /** The JSON text for the client; undefined: the answer is not understood. */
  readonly read: (answer: CollectedAnswer) => string | undefined;
  /** What the client gets when the provider fails; undefined: the failure itself. */
  readonly otherwise: string | undefined;
}

/** A call whose answer is read as a whole and answered in other words. */
export class CollectedCall implements ProviderCall, ProviderSink {
  readonly #how: Collecting;
  readonly #sink: ProviderSink;
  readonly #upstream: ProviderCall;
  readonly #body = new BoundedBody(LARGEST);
  #status = 0;
  #done = false;

  constructor(how: Collecting, start: (sink: ProviderSink) => ProviderCall, sink: ProviderSink) {
    this.#how = how;
    this.#sink = sink;
    this.#upstream = start(this);
  }

  pause(): void {
    this.#upstream.pause();
  }

  resume(): void {
    this.#upstream.resume();
  }

  abort(): void {
    this.#done = true;
    this.#upstream.abort();
  }

  onHead(status: number, _headers: HeaderFields): void {
    this.#status = status;
  }

  onData(chunk: Buffer): void {
    if (this.#done || this.#body.push(chunk)) return;
    this.#upstream.abort();
    this.#fail(errors.CCP_UPSTREAM_TOO_LARGE({ message: `the provider sent a document of more than ${LARGEST} bytes` }));
  }

  onEnd(): void {
    if (this.#done) return;
    const text = this.#how.read({ status: this.#status, body: this.#body.take() }) ?? this.#how.otherwise;
    if (text !== undefined) return this.#answer(200, text);
    const status = this.#status >= 400 ? this.#status : 502;
    this.#answer(status, errorBody(errorTypeForStatus(status), `The provider answered ${this.#status} with something else.`));
  }

  onError(error: CcproxyError): void {
    if (!this.#done) this.#fail(error);
  }

  #fail(error: CcproxyError): void {
    if (this.#how.otherwise !== undefined) return this.#answer(200, this.#how.otherwise);
    this.#done = true;
    this.#sink.onError(error);
  }

  #answer(status: number, body: string): void {
    sendWhole(this.#sink, { status, headers: json, body }, () => this.#done);
    this.#done = true;
  }
}
