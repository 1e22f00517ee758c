import { isJsonObject, type JsonObject, objectMember, stringMember } from '@ccproxy/wire';
import type { AnswerContext } from '../answer/answer-context.js';
import type { AnswerReader } from '../answer/answer-reader.js';
import type { AnswerSink, StopReason } from '../answer/answer-sink.js';
import { failIfError } from '../answer/error-in-answer.js';
import { parseEvent } from '../answer/parse-event.js';
import { readUsage, type UsageCounts } from './read-usage.js';
import { readStop } from './read-stop.js';
import { readGrounding } from './read-grounding.js';
import { createPartReader } from './read-parts.js';

/**
 * Reads `GenerateContentResponse`s: the events of a stream, the one of a whole answer, or the list a stream without
 * `alt=sse` is. A stream may name a finish reason in every event; the last one counts, and only its end ends the answer.
 */
export function readAnswer(sink: AnswerSink, context: AnswerContext): AnswerReader {
  const parts = createPartReader(sink);
  const counts: UsageCounts = {};
  let grounding: JsonObject = {};
  /** What the last finish reason means. The sink learns it at the end: more may follow, or the connection break. */
  let stop: StopReason | undefined;

  const stopFor = (reason: string): void => {
    const meaning = readStop(reason, parts.saidSomething);
    if ('stop' in meaning) stop = meaning.stop;
    else sink.fail('api_error', `${meaning.broken} (${reason})`);
  };
  const readCandidate = (candidate: JsonObject): void => {
    const content = objectMember(candidate, 'content');
    const list = Array.isArray(content?.['parts']) ? (content['parts'] as unknown[]) : [];
    for (const part of list) if (isJsonObject(part)) parts.read(part);
    grounding = objectMember(candidate, 'groundingMetadata') ?? grounding;
    const reason = stringMember(candidate, 'finishReason');
    if (reason !== undefined && reason !== '') stopFor(reason);
  };
  const readChunk = (chunk: JsonObject): void => {
    if (chunk['error'] !== undefined && chunk['error'] !== null && failIfError(sink, chunk, context)) return;
    sink.begin();
    const model = stringMember(chunk, 'modelVersion');
    if (model !== undefined) sink.model(model);
    const usage = readUsage(counts, objectMember(chunk, 'usageMetadata') ?? {});
    if (usage !== undefined) sink.usage(usage);
    // Only the first of several candidates was asked for.
    const [candidate] = Array.isArray(chunk['candidates']) ? (chunk['candidates'] as unknown[]) : [];
    const feedback = objectMember(chunk, 'promptFeedback');
    if (isJsonObject(candidate)) readCandidate(candidate);
    else if (feedback !== undefined && ('blockReason' in feedback || 'blockReasonMessage' in feedback)) stop = 'refusal';
  };
  const end = (): void => {
    parts.finish();
    if (stop === undefined) return;
    sink.stop(stop);
    readGrounding(sink, grounding, context);
    sink.finish();
  };
  return {
    event(data) {
      if (data === '[DONE]') return;
      const chunk = parseEvent(data, sink);
      if (chunk !== undefined) readChunk(chunk);
    },
    body(value) {
      const chunks = Array.isArray(value) ? (value as unknown[]) : [value];
      for (const chunk of chunks) if (isJsonObject(chunk)) readChunk(chunk);
      // A whole answer of one piece is not cut off, even without a reason.
      if (chunks.length === 1 && parts.saidSomething) stop ??= 'end_turn';
      end();
    },
    end,
  };
}
