import { type AnthropicErrorType, encodeSseEvent, errorBody, errorSseEvent, type HeaderFields, type JsonObject } from '@ccproxy/wire';
import { sendWhole } from '../answered-call.js';
import type { ProviderSink } from '../provider.js';
import { statusOfErrorType } from '../translated/error-status.js';

const json = { 'content-type': 'application/json; charset=utf-8' };

/** The one message a client gets of several answers of a model: as a stream, event by event, or as a document at its end. */
export class ClientMessage {
  readonly #sink: ProviderSink;
  readonly #stream: boolean;
  readonly #content: JsonObject[] = [];
  #head: HeaderFields = {};
  #message: JsonObject | undefined;
  #out = '';
  #index = -1;

  constructor(sink: ProviderSink, stream: boolean) {
    this.#sink = sink;
    this.#stream = stream;
  }

  head(headers: HeaderFields): void {
    this.#head = headers;
    if (this.#stream) this.#sink.onHead(200, headers);
  }

  /** Only the first of several counts. */
  start(message: JsonObject): void {
    if (this.#message !== undefined) return;
    this.#message = message;
    this.#write({ type: 'message_start', message });
  }

  blockStart(block: JsonObject): void {
    this.#index += 1;
    this.#write({ type: 'content_block_start', index: this.#index, content_block: block });
  }

  delta(delta: JsonObject): void {
    this.#write({ type: 'content_block_delta', index: this.#index, delta });
  }

  /** @param block as it is after its deltas */
  blockStop(block: JsonObject): void {
    if (!this.#stream) this.#content.push(block);
    this.#write({ type: 'content_block_stop', index: this.#index });
  }

  block(block: JsonObject): void {
    this.blockStart(block);
    this.blockStop(block);
  }

  /** Sends what was written since. */
  flush(): void {
    if (this.#out === '') return;
    const bytes = Buffer.from(this.#out);
    this.#out = '';
    this.#sink.onData(bytes);
  }

  finish(stop: JsonObject, usage: JsonObject): void {
    this.#write({ type: 'message_delta', delta: stop, usage });
    this.#write({ type: 'message_stop' });
    if (this.#stream) return this.#end();
    this.#document(200, JSON.stringify({ ...this.#message, content: this.#content, ...stop, usage }));
  }

  fail(type: string, message: string): void {
    if (!this.#stream) return this.#document(statusOf(type), errorBody(type, message));
    this.#out += errorSseEvent(type, message);
    this.#end();
  }

  #end(): void {
    this.flush();
    this.#sink.onEnd();
  }

  #document(status: number, body: string): void {
    const { 'request-id': id } = this.#head;
    sendWhole(this.#sink, { status, headers: { ...(id === undefined ? {} : { 'request-id': id }), ...json }, body }, () => false);
  }

  #write(event: JsonObject & { readonly type: string }): void {
    if (this.#stream) this.#out += encodeSseEvent(event.type, JSON.stringify(event));
  }
}

const statusOf = (type: string): number => statusOfErrorType(type as AnthropicErrorType) ?? 502;
