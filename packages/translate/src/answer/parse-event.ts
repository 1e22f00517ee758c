import { isJsonObject, type JsonObject } from '@ccproxy/wire';
import type { AnswerSink } from './answer-sink.js';
import { failWithEvent } from './error-in-answer.js';

/** The object an event's data spells. Anything else: undefined; data that is not JSON also ends the answer as an error. */
export function parseEvent(data: string, sink: AnswerSink): JsonObject | undefined {
  try {
    const value: unknown = JSON.parse(data);
    return isJsonObject(value) ? value : undefined;
  } catch (error) {
    if (!(error instanceof SyntaxError)) throw error;
    failWithEvent(sink, data);
    return undefined;
  }
}
