import { asCcproxyError, CcproxyError } from '@ccproxy/kernel';
import { type HeaderFields, type JsonObject, parseErrorBody, type TokenUsage } from '@ccproxy/wire';
import type { ProviderCall, ProviderSink } from '../provider.js';
import { BoundedBody } from '../translated/bounded-body.js';
import { AnswerRound, type AskedSearch } from './answer-round.js';
import { ClientMessage } from './client-message.js';
import { addUsage, writeUsage } from './round-usage.js';
import type { SearchOutcome } from './search-backend.js';
import { resultForClient, resultForModel } from './search-result.js';
import { nextRound } from './search-wish.js';

/** Answers of the model to one request, beyond one for each search: a model that only ever searches is stopped. */
const spareRounds = 2;
const largestError = 64 * 1024;

export interface Searching {
  /** The first request, with the search as a function. */
  readonly body: JsonObject;
  readonly stream: boolean;
  /** Most searches. */
  readonly limit: number;
  /** Name of a search by its number, unique in the message. */
  readonly searchId: (number: number) => string;
  /** Asks the model; the answer is an event stream. */
  readonly ask: (body: JsonObject, sink: ProviderSink) => ProviderCall;
  readonly search: (query: string, done: (outcome: SearchOutcome) => void) => { abort(): void };
}

/** A call of a model that searches through us: it is asked, searched for and asked again, until it has answered; the client gets one message. */
export class SearchingCall implements ProviderCall, ProviderSink {
  readonly dropped: readonly string[];
  readonly #how: Searching;
  readonly #sink: ProviderSink;
  readonly #message: ClientMessage;
  #body: JsonObject;
  #round: AnswerRound;
  #call: ProviderCall;
  #running: { abort(): void }[] = [];
  #rounds = 1;
  #asked = 0;
  #made = 0;
  #usage: TokenUsage = {};
  /** An answer that is not the model's: it passes when it is the first, else its words do. */
  #refusal: { readonly passes: boolean; readonly body: BoundedBody } | undefined;
  #paused = false;
  #done = false;

  /** Throws what `ask` throws. */
  constructor(how: Searching, sink: ProviderSink) {
    this.#how = how;
    this.#sink = sink;
    this.#body = how.body;
    this.#message = new ClientMessage(sink, how.stream);
    this.#round = this.#newRound();
    this.#call = how.ask(how.body, this);
    this.dropped = this.#call.dropped ?? [];
  }

  pause(): void {
    this.#paused = true;
    this.#call.pause();
  }

  resume(): void {
    this.#paused = false;
    this.#call.resume();
  }

  abort(): void {
    this.#done = true;
    this.#call.abort();
    for (const search of this.#running) search.abort();
  }

  onHead(status: number, headers: HeaderFields): void {
    if (this.#done) return;
    if (status !== 200) {
      this.#refusal = { passes: this.#rounds === 1, body: new BoundedBody(largestError) };
      if (this.#refusal.passes) this.#sink.onHead(status, headers);
    } else if (this.#rounds === 1) this.#message.head(headers);
  }

  onData(chunk: Buffer): void {
    if (this.#done) return;
    if (this.#refusal === undefined) {
      this.#round.push(chunk);
      if (!this.#isDone()) this.#message.flush();
    } else if (this.#refusal.passes) this.#sink.onData(chunk);
    else this.#refusal.body.push(chunk);
  }

  onEnd(): void {
    if (this.#done) return;
    if (this.#refusal === undefined) return this.#roundEnded();
    this.#done = true;
    if (this.#refusal.passes) return this.#sink.onEnd();
    const error = parseErrorBody(this.#refusal.body.take());
    if (error.ok) this.#message.fail(error.type, error.message);
    else this.#message.fail('api_error', 'the provider refused to go on after a web search');
  }

  onError(error: CcproxyError): void {
    if (this.#done) return;
    this.#done = true;
    this.#sink.onError(error);
  }

  #newRound(): AnswerRound {
    const message = this.#message;
    return new AnswerRound({
      start: (start) => message.start(start),
      blockStart: (block) => message.blockStart(block),
      delta: (delta) => message.delta(delta),
      blockStop: (block) => message.blockStop(block),
      error: (type, text) => {
        this.#done = true;
        message.fail(type, text);
      },
      searchId: () => this.#how.searchId(this.#asked++),
    });
  }

  #roundEnded(): void {
    const { searches, usage, stop } = this.#round;
    this.#usage = addUsage(this.#usage, usage);
    if (searches.length === 0) return this.#finish();
    const cut = stop['stop_reason'] === 'max_tokens';
    const outcomes: SearchOutcome[] = [];
    let open = searches.length;
    searches.forEach(({ query }, index) => {
      const settle = (outcome: SearchOutcome): void => {
        outcomes[index] = outcome;
        open -= 1;
        if (open === 0 && !this.#done) this.#searched(searches, outcomes, cut);
      };
      const refused = this.#refused(query, cut);
      if (refused === undefined) this.#running.push(this.#how.search(query, settle));
      else queueMicrotask(() => settle(refused));
    });
  }

  /** Why a search is not made. */
  #refused(query: string, cut: boolean): SearchOutcome | undefined {
    if (cut || query === '') return { ok: false, code: 'invalid_input', reason: 'the search names no query' };
    if (query.length > 1000) return { ok: false, code: 'query_too_long', reason: 'the query is too long' };
    if (this.#made >= this.#how.limit) return { ok: false, code: 'max_uses_exceeded', reason: 'no more searches are allowed' };
    this.#made += 1;
    return undefined;
  }

  #searched(searches: readonly AskedSearch[], outcomes: readonly SearchOutcome[], cut: boolean): void {
    this.#running = [];
    const results = searches.flatMap(({ callId, clientId }, index) => {
      const outcome = outcomes[index];
      if (outcome === undefined) return [];
      if (outcome.ok) this.#usage = addUsage(this.#usage, { webSearchRequests: 1 });
      this.#message.block(resultForClient(clientId, outcome));
      return [resultForModel(callId, outcome)];
    });
    // The client answers its own calls first; what was found is in the message it sends back.
    if (cut || this.#round.calls > 0 || this.#rounds > this.#how.limit + spareRounds) return this.#finish();
    if (this.#how.stream) this.#message.flush();
    this.#body = nextRound(this.#body, this.#round.said, results, this.#made < this.#how.limit);
    this.#rounds += 1;
    this.#round = this.#newRound();
    this.#ask();
  }

  #ask(): void {
    try {
      this.#call = this.#how.ask(this.#body, this);
      if (this.#paused) this.#call.pause();
    } catch (thrown) {
      this.onError(CcproxyError.isInstance(thrown) ? thrown : asCcproxyError(thrown));
    }
  }

  #finish(): void {
    this.#done = true;
    const { stop, calls } = this.#round;
    const reason = stop['stop_reason'] === 'tool_use' && calls === 0 ? 'end_turn' : (stop['stop_reason'] ?? 'end_turn');
    this.#message.finish({ ...stop, stop_reason: reason, stop_sequence: stop['stop_sequence'] ?? null }, writeUsage(this.#usage));
  }

  #isDone(): boolean {
    return this.#done;
  }
}
