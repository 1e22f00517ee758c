import { createStreamGrammar, type JsonObject, objectMember, parseJsonObject, SseDecoder, stringMember } from '@ccproxy/wire';

/** What a client makes of an event stream. */
export interface ReadStream {
  /** Broken rules of the protocol, one sentence each. */
  readonly violations: readonly string[];
  /** Blocks as they are after their deltas; the input of a call is parsed. */
  readonly content: readonly JsonObject[];
  readonly stopReason: unknown;
  readonly stopSequence: unknown;
  /** Of `message_start`, replaced member by member by `message_delta`. */
  readonly usage: JsonObject;
  readonly start: JsonObject | undefined;
  readonly error: { readonly type: unknown; readonly message: string } | undefined;
}

/** Reads the text of an Anthropic event stream as a strict client would. */
export function readStream(text: string): ReadStream {
  const decoder = new SseDecoder();
  const grammar = createStreamGrammar();
  const events = [...decoder.push(Buffer.from(text)).events, ...decoder.end().events];
  const violations: string[] = [];
  const blocks: { block: JsonObject; text: string; signature: string; citations: unknown[] }[] = [];
  let start: JsonObject | undefined;
  let usage: JsonObject = {};
  let end: JsonObject = {};
  let error: ReadStream['error'];
  for (const event of events) {
    const data = parseJsonObject(event.data);
    if (data?.['type'] !== event.event) violations.push(`event ${event.event} holds ${event.data}`);
    if (data === undefined) continue;
    for (const { message } of grammar.push(data)) violations.push(message);
    const delta = objectMember(data, 'delta') ?? {};
    if (data['type'] === 'message_start') start = objectMember(data, 'message');
    if (data['type'] === 'message_start') usage = { ...objectMember(start ?? {}, 'usage') };
    if (data['type'] === 'content_block_start')
      blocks.push({ block: objectMember(data, 'content_block') ?? {}, text: '', signature: '', citations: [] });
    const last = blocks.at(-1);
    if (data['type'] === 'content_block_delta' && last !== undefined) {
      last.text += stringMember(delta, 'text') ?? stringMember(delta, 'thinking') ?? stringMember(delta, 'partial_json') ?? '';
      if (delta['type'] === 'citations_delta') last.citations.push(delta['citation']);
      last.signature += stringMember(delta, 'signature') ?? '';
    }
    if (data['type'] === 'message_delta') {
      end = delta;
      usage = { ...usage, ...objectMember(data, 'usage') };
    }
    const failure = data['type'] === 'error' ? objectMember(data, 'error') : undefined;
    if (failure !== undefined) error = { type: failure['type'], message: stringMember(failure, 'message') ?? '' };
  }
  for (const { message } of grammar.end()) violations.push(message);
  return {
    violations,
    content: blocks.map(({ block, text: added, signature, citations }) => ({
      ...whole(block, added, signature),
      ...(citations.length === 0 ? {} : { citations }),
    })),
    stopReason: end['stop_reason'],
    stopSequence: end['stop_sequence'],
    usage,
    start,
    error,
  };
}

function whole(block: JsonObject, added: string, signature: string): JsonObject {
  if (block['type'] === 'text') return { ...block, text: added };
  if (block['type'] === 'thinking') return { ...block, thinking: added, signature };
  if (block['type'] !== 'tool_use' && block['type'] !== 'server_tool_use') return block;
  // A stream that ended with an error may have cut it off: then its text.
  return { ...block, input: added === '' ? block['input'] : (parseJsonObject(added) ?? added) };
}
