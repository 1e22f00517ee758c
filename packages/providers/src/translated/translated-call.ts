import { CcproxyError, asCcproxyError, type Timer } from '@ccproxy/kernel';
import { type HeaderFields, headerValue } from '@ccproxy/wire';
import { sendWhole } from '../answered-call.js';
import { errors } from '../errors.js';
import type { ProviderCall, ProviderSink } from '../provider.js';
import { BoundedBody } from './bounded-body.js';
import { foreignAnswerHeaders } from './foreign-headers.js';
import { type AnswerTranslation, eventStream } from './answer-translation.js';

/** No answer of a model is a longer document, bytes. */
const LARGEST_DOCUMENT = 16 * 1024 * 1024;
/** Longer error bodies are no error messages. */
const LARGEST_ERROR = 1024 * 1024;

/** How long a provider has to end its answer after the end of the message, ms: its connection can serve the next request then. */
const farewellMs = 1000;
/** Silence after which an answer that said how it ends is taken as ended, ms: counts follow at once, and some servers never close. */
const silenceMs = 5000;

/** How the answer of the provider is read, settled by its head. */
type Reading =
  | { readonly kind: 'stream'; readonly stream: ReturnType<AnswerTranslation['stream']> }
  | { readonly kind: 'document'; readonly status: number; readonly headers: HeaderFields; readonly body: BoundedBody };

/**
 * A call whose answer is translated on its way: the sink sees status, headers and bytes of an Anthropic API and cannot tell the difference.
 * A stream is translated piece by piece; anything else is collected, bounded, and translated whole.
 */
export class TranslatedCall implements ProviderCall, ProviderSink {
  readonly dropped: readonly string[];
  readonly #provider: string;
  readonly #translation: AnswerTranslation;
  readonly #wantsStream: boolean;
  readonly #sink: ProviderSink;
  readonly #upstream: ProviderCall;
  #reading: Reading | undefined;
  /** Events that are written with the next microtask. */
  #waiting = '';
  #done = false;
  /** Runs while the message is complete and the provider has not ended its answer. */
  #farewell: Timer | undefined;
  /** Runs while only counts and the end of the body may still come. */
  #silence: Timer | undefined;

  /** @param start sends the request; it never calls the sink before it returned */
  constructor(
    call: {
      readonly provider: string;
      readonly translation: AnswerTranslation;
      readonly stream: boolean;
      readonly dropped: readonly string[];
    },
    start: (sink: ProviderSink) => ProviderCall,
    sink: ProviderSink,
  ) {
    this.dropped = call.dropped;
    this.#provider = call.provider;
    this.#translation = call.translation;
    this.#wantsStream = call.stream;
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
    // The caller has had the whole message; the connection is let go of by itself.
    if (this.#farewell !== undefined) return;
    this.#silence?.clear();
    this.#done = true;
    this.#upstream.abort();
  }

  onHead(status: number, headers: HeaderFields): void {
    if (this.#done) return;
    const type = headerValue(headers, 'content-type') ?? '';
    const streams = status < 300 && this.#wantsStream && !/\bjson\b(?!-seq)/i.test(type.replace(/ndjson|jsonlines|jsonl/i, ''));
    if (status < 300 && /\bhtml\b/i.test(type)) return this.#refuse('CCP_UPSTREAM_MALFORMED', `answered ${status} with a web page`);
    if (!streams) {
      this.#reading = { kind: 'document', status, headers, body: new BoundedBody(status < 400 ? LARGEST_DOCUMENT : LARGEST_ERROR) };
      return;
    }
    this.#reading = { kind: 'stream', stream: this.#translation.stream() };
    this.#sink.onHead(200, { ...foreignAnswerHeaders(headers, this.#translation.clock.now()), ...eventStream });
  }

  onData(chunk: Buffer): void {
    const reading = this.#reading;
    if (this.#done || reading === undefined) return;
    if (reading.kind === 'document') {
      const { body, status } = reading;
      if (body.push(chunk)) return;
      if (status < 400) return this.#refuse('CCP_UPSTREAM_TOO_LARGE', `sent a document of more than ${LARGEST_DOCUMENT} bytes`);
      // Its status says enough: nobody reads an error to the end that never ends.
      this.#upstream.abort();
      return this.#guarded(() => this.#answerDocument({ ...reading, body: new BoundedBody(0) }));
    }
    const { stream } = reading;
    this.#silence?.clear();
    this.#guarded(() => {
      this.#write(stream.push(chunk));
      if (this.#done) return;
      if (stream.ended) this.#letGo();
      else if (stream.complete)
        this.#silence = this.#translation.clock.setTimeout(() => this.#guarded(() => this.#endWhole(stream)), silenceMs);
    });
  }

  onEnd(): void {
    this.#farewell?.clear();
    this.#silence?.clear();
    if (this.#done || this.#reading === undefined) return;
    const reading = this.#reading;
    this.#guarded(() => {
      if (reading.kind === 'document') return this.#answerDocument(reading);
      this.#write(reading.stream.end());
      this.#endStream();
    });
  }

  onError(error: CcproxyError): void {
    this.#farewell?.clear();
    this.#silence?.clear();
    if (this.#done) return;
    const stream = this.#reading?.kind === 'stream' ? this.#reading.stream : undefined;
    // A connection that breaks behind a whole answer breaks nothing.
    if (stream?.complete === true) return this.#guarded(() => this.#endWhole(stream));
    this.#guarded(() => this.#flush());
    if (this.#isDone()) return;
    this.#done = true;
    this.#sink.onError(error);
  }

  /**
   * Pieces that came with one read of the socket leave in one write: the microtask runs when all of them are parsed, before anything else is
   * read. It halves the CPU of a fast stream, and no piece waits for the next.
   */
  #write(events: string): void {
    if (events === '' || this.#done) return;
    if (this.#waiting === '') queueMicrotask(() => this.#guarded(() => this.#flush()));
    this.#waiting += events;
  }

  #flush(): void {
    const events = this.#waiting;
    this.#waiting = '';
    if (events !== '' && !this.#done) this.#sink.onData(Buffer.from(events));
  }

  /** Ends an answer of which only the end of the body is missing. */
  #endWhole(stream: ReturnType<AnswerTranslation['stream']>): void {
    this.#write(stream.end());
    this.#letGo();
  }

  /** The message is over; its connection is kept if the provider ends the answer soon. */
  #letGo(): void {
    this.#farewell = this.#translation.clock.setTimeout(() => this.#upstream.abort(), farewellMs);
    this.#endStream();
  }

  /** What the provider sends after the end of its message is of no interest. */
  #endStream(): void {
    this.#flush();
    if (this.#done) return;
    this.#done = true;
    this.#sink.onEnd();
  }

  /** Whether a sink that was just called ended the call. */
  #isDone(): boolean {
    return this.#done;
  }

  #answerDocument({ status, headers, body }: Extract<Reading, { kind: 'document' }>): void {
    const answer = this.#translation.whole(status, headers, body.take(), this.#wantsStream);
    const named = foreignAnswerHeaders(headers, this.#translation.clock.now());
    sendWhole(this.#sink, { ...answer, headers: { ...named, ...answer.headers } }, () => this.#done);
    this.#done = true;
  }

  /** A translation never throws for what a provider sends; should it, the call alone fails. */
  #guarded(work: () => void): void {
    try {
      work();
    } catch (thrown) {
      if (this.#done) throw thrown;
      this.#done = true;
      this.#upstream.abort();
      this.#sink.onError(CcproxyError.isInstance(thrown) ? thrown : asCcproxyError(thrown));
    }
  }

  #refuse(code: 'CCP_UPSTREAM_MALFORMED' | 'CCP_UPSTREAM_TOO_LARGE', what: string): void {
    this.#done = true;
    this.#upstream.abort();
    this.#sink.onError(errors[code]({ message: `provider "${this.#provider}" ${what}`, details: { provider: this.#provider } }));
  }
}
