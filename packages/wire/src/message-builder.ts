import { parseJsonObject, type JsonObject } from './json-object.js';
import { createMessageWriter, type MessageEnd, type MessageStart, type MessageWriter } from './message-writer.js';
import { type WireUsage, wireUsage } from './wire-usage.js';

/** A non-streamed answer as the API writes it. */
export interface BuiltMessage {
  readonly id: string;
  readonly type: 'message';
  readonly role: 'assistant';
  readonly model: string;
  readonly content: readonly JsonObject[];
  readonly stop_reason: string;
  readonly stop_sequence: string | null;
  readonly usage: WireUsage;
}

export interface MessageBuilder {
  /** Takes the same parts as a stream writer; its methods return no text. */
  readonly writer: MessageWriter;
  /** The message, once `finish` was called; throws an Error before, and when the pieces of a tool's input are no JSON object. */
  message(): BuiltMessage;
}

/** Builds the non-streamed answer from the parts a stream writer takes, so that both forms say the same. */
export function createMessageBuilder({ id, model, usage }: MessageStart): MessageBuilder {
  const blocks: { block: JsonObject; pieces: string[]; signature: string; citations: JsonObject[] }[] = [];
  let result: MessageEnd | undefined;
  const current = (): (typeof blocks)[number] => blocks[blocks.length - 1] ?? { block: {}, pieces: [], signature: '', citations: [] };
  const add = (piece: string): string => {
    current().pieces.push(piece);
    return '';
  };
  const writer = createMessageWriter({
    messageStart: () => '',
    blockStart(_index, block) {
      blocks.push({ block, pieces: [], signature: '', citations: [] });
      return '';
    },
    textDelta: (_index, text) => add(text),
    thinkingDelta: (_index, text) => add(text),
    signatureDelta(_index, signature) {
      current().signature += signature;
      return '';
    },
    inputDelta: (_index, json) => add(json),
    citationDelta(_index, citation) {
      current().citations.push(citation);
      return '';
    },
    blockStop: () => '',
    messageEnd(end) {
      result = end;
      return '';
    },
    error: () => '',
  });
  return {
    writer,
    message() {
      if (result === undefined) throw new Error('message builder: the message has not finished');
      return {
        id,
        type: 'message',
        role: 'assistant',
        model,
        content: blocks.map(({ block, pieces, signature, citations }) => ({
          ...fill(block, pieces.join(''), signature),
          ...(citations.length === 0 ? {} : { citations }),
        })),
        stop_reason: result.stopReason,
        stop_sequence: result.stopSequence ?? null,
        usage: wireUsage({ ...usage, ...result.usage }),
      };
    },
  };
}

/** A block with what its deltas brought. */
function fill(block: JsonObject, added: string, signature: string): JsonObject {
  if (block['type'] === 'thinking')
    return { ...block, thinking: `${String(block['thinking'])}${added}`, signature: `${String(block['signature'])}${signature}` };
  if (added === '') return block;
  if (block['type'] === 'text') return { ...block, text: `${String(block['text'])}${added}` };
  const input = parseJsonObject(added);
  if (input === undefined) throw new Error('message builder: the input of a tool call is not a JSON object');
  return { ...block, input };
}
