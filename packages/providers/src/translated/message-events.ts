import {
  type BuiltMessage,
  createMessageStreamWriter,
  isJsonObject,
  type JsonObject,
  type MessageWriter,
  readTokenUsage,
} from '@ccproxy/wire';

const textOf = (value: unknown): string => (typeof value === 'string' ? value : '');

function writeBlock(writer: MessageWriter, block: JsonObject): string {
  const { type } = block;
  if (type === 'text') {
    const cited = Array.isArray(block['citations']) ? block['citations'].filter(isJsonObject) : [];
    return writer.text(textOf(block['text'])) + cited.map((citation) => writer.citation(citation)).join('') + writer.closeBlock();
  }
  if (type === 'thinking')
    return writer.thinking(textOf(block['thinking'])) + writer.signature(textOf(block['signature'])) + writer.closeBlock();
  if (type === 'tool_use' || type === 'server_tool_use') {
    const opened = writer.toolUse({ id: textOf(block['id']), name: textOf(block['name']), type });
    return opened + writer.toolInput(JSON.stringify(isJsonObject(block['input']) ? block['input'] : {})) + writer.closeBlock();
  }
  return typeof type === 'string' ? writer.block({ ...block, type }) : '';
}

/** A whole message as the event stream a client asked for: some servers answer a stream request with a document. */
export function messageEvents(message: BuiltMessage): string {
  const usage = readTokenUsage(message.usage);
  const writer = createMessageStreamWriter({ id: message.id, model: message.model, usage: { ...usage, outputTokens: 1 } });
  const parts = [writer.start(), ...message.content.map((block) => writeBlock(writer, block))];
  const sequence = message.stop_sequence === null ? {} : { stopSequence: message.stop_sequence };
  return parts.join('') + writer.finish({ stopReason: message.stop_reason, ...sequence, usage });
}
