import { errorSseEvent } from './error-body.js';
import type { JsonObject } from './json-object.js';
import { createMessageWriter, type MessageStart, type MessageWriter } from './message-writer.js';
import { encodeSseEvent } from './sse-event.js';
import { wireUsage, wireUsageDelta } from './wire-usage.js';

/** Writes an answer as the text of an Anthropic event stream. Pings (`SSE_PING`) may be written between any two calls. */
export function createMessageStreamWriter({ id, model, usage }: MessageStart): MessageWriter {
  const write = (event: JsonObject & { readonly type: string }): string => encodeSseEvent(event.type, JSON.stringify(event));
  // The hot ones are assembled by hand: one JSON.stringify of the text alone.
  const delta = (index: number, type: string, key: string, value: string): string =>
    `event: content_block_delta\ndata: {"type":"content_block_delta","index":${index},"delta":{"type":"${type}","${key}":${JSON.stringify(value)}}}\n\n`;
  return createMessageWriter({
    messageStart: () =>
      write({
        type: 'message_start',
        message: {
          id,
          type: 'message',
          role: 'assistant',
          model,
          content: [],
          stop_reason: null,
          stop_sequence: null,
          usage: wireUsage(usage),
        },
      }),
    blockStart: (index, block) => write({ type: 'content_block_start', index, content_block: block }),
    textDelta: (index, text) => delta(index, 'text_delta', 'text', text),
    thinkingDelta: (index, text) => delta(index, 'thinking_delta', 'thinking', text),
    signatureDelta: (index, signature) => delta(index, 'signature_delta', 'signature', signature),
    citationDelta: (index, citation) => write({ type: 'content_block_delta', index, delta: { type: 'citations_delta', citation } }),
    inputDelta: (index, json) => delta(index, 'input_json_delta', 'partial_json', json),
    blockStop: (index) => write({ type: 'content_block_stop', index }),
    messageEnd: (end) =>
      write({
        type: 'message_delta',
        delta: { stop_reason: end.stopReason, stop_sequence: end.stopSequence ?? null },
        usage: wireUsageDelta({ outputTokens: 0, ...end.usage }),
      }) + write({ type: 'message_stop' }),
    error: errorSseEvent,
  });
}
