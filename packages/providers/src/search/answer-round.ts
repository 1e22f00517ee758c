import { type JsonObject, objectMember, parseJsonObject, readTokenUsage, SseDecoder, stringMember, type TokenUsage } from '@ccproxy/wire';
import { searchName } from './search-wish.js';

/** A search the model asked for. */
export interface AskedSearch {
  /** Id of the call as the model knows it, and as the client does. */
  readonly callId: string;
  readonly clientId: string;
  /** '' when the model named none. */
  readonly query: string;
}

interface OpenBlock {
  readonly block: JsonObject;
  readonly clientId: string | undefined;
  text: string;
  signature: string;
}

/** What takes the parts of a round for the client; block numbers are its own. */
export interface RoundTarget {
  start(message: JsonObject): void;
  blockStart(block: JsonObject): void;
  delta(delta: JsonObject): void;
  blockStop(block: JsonObject): void;
  error(type: string, message: string): void;
  /** Id for the next search. */
  searchId(): string;
}

/** Reads one answer of the model, an Anthropic event stream, and passes it on with its searches as those of a server. */
export class AnswerRound {
  /** Blocks as the model said them. */
  readonly said: JsonObject[] = [];
  readonly searches: AskedSearch[] = [];
  /** Calls the client has to answer. */
  calls = 0;
  stop: JsonObject = {};
  usage: TokenUsage = {};
  ended = false;
  readonly #decoder = new SseDecoder();
  readonly #target: RoundTarget;
  #open: OpenBlock | undefined;

  constructor(target: RoundTarget) {
    this.#target = target;
  }

  push(chunk: Buffer): void {
    for (const { data } of this.#decoder.push(chunk).events) {
      const event = parseJsonObject(data);
      if (event !== undefined) this.#read(event);
    }
  }

  #read(event: JsonObject): void {
    switch (event['type']) {
      case 'message_start':
        return this.#target.start(objectMember(event, 'message') ?? {});
      case 'content_block_start':
        return this.#begin(objectMember(event, 'content_block') ?? {});
      case 'content_block_delta':
        return this.#add(objectMember(event, 'delta') ?? {});
      case 'content_block_stop':
        return this.#end();
      case 'message_delta':
        this.stop = objectMember(event, 'delta') ?? {};
        this.usage = readTokenUsage(event['usage']);
        return undefined;
      case 'message_stop':
        this.ended = true;
        return undefined;
      case 'error': {
        const error = objectMember(event, 'error') ?? {};
        return this.#target.error(stringMember(error, 'type') ?? 'api_error', stringMember(error, 'message') ?? '');
      }
      default:
        return undefined;
    }
  }

  #begin(block: JsonObject): void {
    const searches = block['type'] === 'tool_use' && block['name'] === searchName;
    const clientId = searches ? this.#target.searchId() : undefined;
    if (block['type'] === 'tool_use' && !searches) this.calls += 1;
    this.#open = { block, clientId, text: '', signature: '' };
    this.#target.blockStart(clientId === undefined ? block : { ...block, type: 'server_tool_use', id: clientId });
  }

  #add(delta: JsonObject): void {
    if (this.#open === undefined) return;
    this.#open.text += stringMember(delta, 'text') ?? stringMember(delta, 'thinking') ?? stringMember(delta, 'partial_json') ?? '';
    this.#open.signature += stringMember(delta, 'signature') ?? '';
    this.#target.delta(delta);
  }

  #end(): void {
    if (this.#open === undefined) return;
    const { clientId } = this.#open;
    const block = whole(this.#open);
    this.#open = undefined;
    this.said.push(block);
    this.#target.blockStop(clientId === undefined ? block : { ...block, type: 'server_tool_use', id: clientId });
    if (clientId === undefined) return;
    const query = stringMember(objectMember(block, 'input') ?? {}, 'query') ?? '';
    this.searches.push({ callId: String(block['id']), clientId, query: query.trim() });
  }
}

function whole({ block, text, signature }: OpenBlock): JsonObject {
  if (block['type'] === 'text') return { ...block, text };
  if (block['type'] === 'thinking') return { ...block, thinking: text, signature };
  return block['type'] === 'tool_use' ? { ...block, input: parseJsonObject(text) ?? {} } : block;
}
