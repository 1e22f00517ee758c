import { isJsonObject, type JsonObject, objectMember, stringMember } from '@ccproxy/wire';
import type { AnswerContext } from '../answer/answer-context.js';
import type { AnswerReader } from '../answer/answer-reader.js';
import type { AnswerSink } from '../answer/answer-sink.js';
import { failIfError } from '../answer/error-in-answer.js';
import { parseEvent } from '../answer/parse-event.js';
import { createItemReader, type ItemKey } from './item-reader.js';
import { readUsage } from './read-usage.js';

const partsEnd = /^response\.(?:completed|incomplete|failed|done|cancelled)$/;

/** Reads responses: the events of a stream, or a whole one, which is what its last event holds. */
export function readAnswer(sink: AnswerSink, context: AnswerContext): AnswerReader {
  let responses = 0;
  let items = createItemReader(sink, context, responses);

  /** The response as a whole: what no event told before, how it ended, and the counts (rows 106, 107). */
  const readResponse = (response: JsonObject, type: string): void => {
    const usage = objectMember(response, 'usage');
    if (usage !== undefined) sink.usage(readUsage(usage));
    const status = stringMember(response, 'status');
    if (isJsonObject(response['error']) && failIfError(sink, { error: response['error'] }, context)) return;
    if (type === 'response.failed' || status === 'failed' || status === 'cancelled') {
      sink.fail('api_error', `the provider ended the response as ${status ?? 'failed'}`);
      return;
    }
    const output = Array.isArray(response['output']) ? response['output'] : [];
    output.forEach((item, index) => {
      if (isJsonObject(item)) items.whole(items.keyOf(item, index), item);
    });
    const reason = stringMember(objectMember(response, 'incomplete_details') ?? {}, 'reason');
    if (reason === 'content_filter') sink.stop('refusal');
    else sink.stop(reason === 'max_output_tokens' || reason === 'max_tokens' ? 'max_tokens' : 'end_turn');
    responses += 1;
    items = createItemReader(sink, context, responses);
  };
  const begin = (response: JsonObject | undefined): void => {
    const model = response === undefined ? undefined : stringMember(response, 'model');
    if (model !== undefined) sink.model(model);
    sink.begin();
  };
  return {
    event(data, name) {
      if (data === '[DONE]') return;
      const event = parseEvent(data, sink);
      if (event === undefined) return;
      const type = stringMember(event, 'type') ?? name;
      const response = objectMember(event, 'response');
      if (type === 'error') {
        failIfError(sink, event, context);
        return;
      }
      begin(response);
      if (partsEnd.test(type)) readResponse(response ?? {}, type);
      else items.event(type, event, keyOfEvent(event));
    },
    body(value) {
      if (!isJsonObject(value) || !Array.isArray(value['output'])) {
        failIfError(sink, value, context);
        return;
      }
      begin(value);
      readResponse(value, '');
      sink.finish();
    },
    // A server that works in several steps sends one response after the other: only the end of the stream is the end.
    end() {
      if (sink.stopped) sink.finish();
    },
  };
}

/** Items are told apart by their place: some servers change the id from event to event. */
const keyOfEvent = (event: JsonObject): ItemKey =>
  typeof event['output_index'] === 'number' ? event['output_index'] : (stringMember(event, 'item_id') ?? 0);
