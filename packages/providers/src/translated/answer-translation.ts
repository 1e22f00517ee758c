import type { Clock } from '@ccproxy/kernel';
import { type AnswerContext, createAnswerStream, translateAnswer, translateError } from '@ccproxy/translate';
import { errorBody, type HeaderFields } from '@ccproxy/wire';
import { statusOfErrorType } from './error-status.js';
import type { WholeAnswer } from '../answered-call.js';
import type { ForeignApi } from './foreign-api.js';
import { messageEvents } from './message-events.js';

const json = { 'content-type': 'application/json; charset=utf-8' };
export const eventStream = { 'content-type': 'text/event-stream; charset=utf-8', 'cache-control': 'no-cache' };

/** Reads the answers to one translated request. */
export class AnswerTranslation {
  readonly #api: ForeignApi;
  readonly #context: AnswerContext;
  readonly clock: Clock;

  constructor(api: ForeignApi, context: AnswerContext, clock: Clock) {
    this.#api = api;
    this.#context = context;
    this.clock = clock;
  }

  stream(): ReturnType<typeof createAnswerStream> {
    return createAnswerStream(this.#api.wire, this.#context);
  }

  /** A document of any status; an error, also one inside a 200, becomes an Anthropic error. As events when `asStream`. */
  whole(status: number, headers: HeaderFields, body: Buffer, asStream: boolean): WholeAnswer {
    if (status >= 400) return this.#error(status, headers, body);
    const answer = translateAnswer(this.#api.wire, this.#context, body);
    if (!answer.ok) return { status: statusOfErrorType(answer.type), headers: json, body: errorBody(answer.type, answer.message) };
    try {
      return asStream
        ? { status: 200, headers: eventStream, body: messageEvents(answer.message) }
        : { status: 200, headers: json, body: JSON.stringify(answer.message) };
    } catch (thrown) {
      // The input of a call can be nested too deeply to be written.
      if (!(thrown instanceof RangeError)) throw thrown;
      return { status: 502, headers: json, body: errorBody('api_error', 'the provider sent data that is nested too deeply') };
    }
  }

  #error(status: number, headers: HeaderFields, body: Buffer): WholeAnswer {
    const { contextWindow, inputEstimate } = this.#context;
    const error = translateError({ status, headers, body }, { api: this.#api.wire, now: this.clock.now(), contextWindow, inputEstimate });
    return {
      status: error.status,
      headers: {
        ...json,
        ...(error.retryAfter === undefined ? {} : { 'retry-after': String(error.retryAfter) }),
        ...(error.shouldRetry === undefined ? {} : { 'x-should-retry': 'false' }),
      },
      body: errorBody(error.type, error.message),
    };
  }
}
