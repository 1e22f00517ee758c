import type { JsonObject } from '@ccproxy/wire';
import type { AnswerContext } from '../answer/answer-context.js';
import type { AnswerSink } from '../answer/answer-sink.js';

/** `finish_reason` in Anthropic's words (row 86). vLLM and SGLang name the sequence that was met (row 89). */
export function readStop(choice: JsonObject, sink: AnswerSink, context: AnswerContext): void {
  const reason = choice['finish_reason'];
  if (reason === 'length' || reason === 'max_tokens' || reason === 'model_length') sink.stop('max_tokens');
  else if (reason === 'content_filter' || reason === 'safety') sink.stop('refusal');
  else if (reason === 'error') sink.fail('api_error', 'the provider ended the answer with an error it did not name');
  // DeepSeek's word for an answer its servers had to interrupt.
  else if (reason === 'insufficient_system_resource') sink.fail('overloaded_error', 'the provider ran out of resources');
  else {
    const met = [choice['stop_reason'], choice['matched_stop']].find(
      (value) => typeof value === 'string' && context.stopSequences.includes(value),
    );
    if (typeof met === 'string') sink.stop('stop_sequence', met);
    else sink.stop('end_turn');
  }
}
