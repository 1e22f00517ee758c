import type { CcproxyError } from '@ccproxy/kernel';
import { sendWhole } from './answered-call.js';
import type { HeaderFields, ProviderSink } from './provider.js';

/** How servers say that they cannot count: many that speak the Anthropic protocol answer messages and nothing else. */
const CANNOT_COUNT: ReadonlySet<number> = new Set([404, 405, 501]);

/** The upstream call is over, and the sink gets all in one go. */
const neverAborted = (): boolean => false;

/** Passes on the answer to `count_tokens`, or gives the estimate when the server has no such endpoint (facts page translation, row 122). */
export class EstimatedCount implements ProviderSink {
  readonly #sink: ProviderSink;
  readonly #estimate: number;
  #replaced = false;

  constructor(sink: ProviderSink, estimate: number) {
    this.#sink = sink;
    this.#estimate = estimate;
  }

  onHead(status: number, headers: HeaderFields): void {
    this.#replaced = CANNOT_COUNT.has(status);
    if (!this.#replaced) this.#sink.onHead(status, headers);
  }

  onData(chunk: Buffer): void {
    if (!this.#replaced) this.#sink.onData(chunk);
  }

  onEnd(): void {
    if (!this.#replaced) return this.#sink.onEnd();
    const body = JSON.stringify({ input_tokens: this.#estimate });
    sendWhole(this.#sink, { status: 200, headers: { 'content-type': 'application/json; charset=utf-8' }, body }, neverAborted);
  }

  onError(error: CcproxyError): void {
    this.#sink.onError(error);
  }
}
