import type { AnswerContext } from '../answer/answer-context.js';
import type { AnswerSink } from '../answer/answer-sink.js';
import { classifyError } from './classify-error.js';
import { readProviderError } from './provider-error.js';

/** Ends an answer with the error a provider put into it although its status was good (translation.md rows 111, 115). */
export function failWithError(sink: AnswerSink, value: unknown, { contextWindow, inputEstimate }: AnswerContext): void {
  const error = readProviderError(value);
  if (error === undefined) return sink.fail('api_error', 'the provider ended its answer with an error and gave no reason');
  const { type, message } = classifyError(error, 200, { contextWindow, inputEstimate });
  sink.fail(type, message);
}
