import { classifyError } from '../failure/classify-error.js';
import { readProviderError } from '../failure/provider-error.js';
import type { AnswerContext } from './answer-context.js';
import type { AnswerSink } from './answer-sink.js';

/** Ends an answer with the error a provider sent inside it (rows 111, 115). False when the value is no error. */
export function failIfError(sink: AnswerSink, value: unknown, context: AnswerContext): boolean {
  const error = readProviderError(value);
  if (error === undefined) return false;
  const { type, message } = classifyError(error, 200, context);
  sink.fail(type, message);
  return true;
}

/** Ends an answer whose event is no JSON. */
export const failWithEvent = (sink: AnswerSink, data: string): void =>
  sink.fail('api_error', `the provider sent an event that is not JSON: ${data.slice(0, 200)}`);
