import { isJsonObject, type JsonObject, objectMember, stringMember } from '@ccproxy/wire';
import type { AnswerContext } from '../answer/answer-context.js';
import type { AnswerReader } from '../answer/answer-reader.js';
import type { AnswerSink } from '../answer/answer-sink.js';
import { failIfError } from '../answer/error-in-answer.js';
import { parseEvent } from '../answer/parse-event.js';
import { createDeltaReader } from './read-delta.js';
import { createRepeatedShape } from './repeated-shape.js';
import { readStop } from './read-stop.js';
import { readUsage } from './read-usage.js';

/** Reads chat completions: chunks of a stream, or a whole one, which is a chunk with a `message` for a `delta`. */
export function readAnswer(sink: AnswerSink, context: AnswerContext): AnswerReader {
  const delta = createDeltaReader(sink, context);
  const shape = createRepeatedShape();
  let model = '';
  let streamed = false;

  const readChoice = (choice: JsonObject, whole: boolean): void => {
    const part = objectMember(choice, 'delta');
    // Some servers repeat the whole message with the last chunk.
    const message = part ?? (whole || !streamed ? objectMember(choice, 'message') : undefined);
    streamed ||= part !== undefined;
    if (message !== undefined) delta.read(message, whole || part === undefined);
    if (isReason(choice['finish_reason'])) readStop(choice, sink, context);
  };
  const readChunk = (chunk: JsonObject, whole: boolean): void => {
    if (holdsError(chunk) && failIfError(sink, chunk, context)) return;
    const vendor = objectMember(chunk, 'x_groq');
    if (vendor?.['error'] !== undefined && failIfError(sink, vendor, context)) return;
    sink.begin();
    if (model === '') sink.model((model = stringMember(chunk, 'model') ?? ''));
    const choice = firstChoice(chunk['choices']);
    if (choice !== undefined) readChoice(choice, whole);
    const usage = objectMember(chunk, 'usage') ?? (vendor && objectMember(vendor, 'usage')) ?? (choice && objectMember(choice, 'usage'));
    if (usage !== undefined) sink.usage(readUsage(usage));
  };
  const finish = (): void => {
    delta.end();
    sink.finish();
  };
  return {
    event(data, name) {
      const known = shape.match(data);
      if (known !== undefined) {
        delta.text(known);
        return;
      }
      if (data === '[DONE]') {
        finish();
        return;
      }
      const chunk = parseEvent(data, sink);
      if (chunk === undefined) return;
      if (name === 'error' && failIfError(sink, chunk, context)) return;
      readChunk(chunk, false);
      shape.learn(data, chunk);
    },
    body(value) {
      if (!isJsonObject(value) || firstChoice(value['choices']) === undefined) {
        failIfError(sink, value, context);
        return;
      }
      readChunk(value, true);
      finish();
    },
    end() {
      if (sink.stopped) finish();
    },
  };
}

/** Only one choice is ever asked for. */
const firstChoice = (choices: unknown): JsonObject | undefined => {
  const [first]: readonly unknown[] = Array.isArray(choices) ? choices : [];
  return isJsonObject(first) ? first : undefined;
};

/** OpenAI and most others name an `error`; older vLLM sends the error itself. */
const holdsError = (chunk: JsonObject): boolean => (chunk['error'] !== undefined && chunk['error'] !== null) || chunk['object'] === 'error';

/** Some servers write an empty reason until there is one. */
const isReason = (value: unknown): value is string => typeof value === 'string' && value !== '';
