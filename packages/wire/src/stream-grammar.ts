import { isJsonObject, type JsonObject, objectMember, parseJsonObject, stringMember } from './json-object.js';
import type { SseEvent } from './sse-event.js';

/** A rule of the stream protocol that an event broke. */
export interface GrammarViolation {
  readonly rule:
    | 'not-json'
    | 'name-mismatch'
    | 'message-start-missing'
    | 'message-start-repeated'
    | 'message-start-malformed'
    | 'block-index'
    | 'block-open'
    | 'block-not-open'
    | 'block-malformed'
    | 'block-after-message-delta'
    | 'delta-mismatch'
    | 'message-delta-missing'
    | 'after-end'
    | 'not-ended';
  /** One sentence with indices and types, never content. */
  readonly message: string;
}

/** Checks one stream. State is a few numbers, whatever the length of the stream. */
export interface StreamGrammar {
  /** Checks the next event, decoded by `SseDecoder` or already parsed. Empty when it may stand here. */
  push(event: SseEvent | JsonObject): readonly GrammarViolation[];
  /** Checks that the stream came to an end: `message_stop` or an `error` event. */
  end(): readonly GrammarViolation[];
}

/** Which blocks a delta belongs to; a delta or a block that is not listed may be anything (they are added over time). */
const blocksOfDelta: Readonly<Record<string, readonly string[]>> = {
  text_delta: ['text'],
  citations_delta: ['text'],
  thinking_delta: ['thinking'],
  signature_delta: ['thinking'],
  input_json_delta: ['tool_use', 'server_tool_use', 'mcp_tool_use'],
};
const knownBlocks: ReadonlySet<string> = new Set(['text', 'thinking', 'redacted_thinking', 'tool_use', 'server_tool_use', 'mcp_tool_use']);

const none: readonly GrammarViolation[] = [];
const one = (rule: GrammarViolation['rule'], message: string): readonly GrammarViolation[] => [{ rule, message }];

/**
 * A checker of the Anthropic event stream (docs "streaming messages", translation.md rows 66-68, 94, 115):
 * `message_start` first and once; blocks numbered 0, 1, 2, … with at most one open; deltas that fit their block;
 * `message_delta` after the last block; `message_stop` last; nothing after it or after `error`. Pings and unknown
 * events may stand anywhere before the end. After a violation it goes on from the most likely state.
 */
export function createStreamGrammar(): StreamGrammar {
  let started = false;
  let ended: string | undefined;
  let nextIndex = 0;
  let open: { readonly index: number; readonly type: string } | undefined;
  let sawDelta = false;

  const startMessage = (event: JsonObject): readonly GrammarViolation[] => {
    if (started) return one('message-start-repeated', 'message_start came a second time');
    started = true;
    const message = objectMember(event, 'message');
    const content = message?.['content'];
    if (message !== undefined && Array.isArray(content) && content.length === 0) return none;
    return one('message-start-malformed', 'message_start holds no message with empty content');
  };
  const startBlock = (event: JsonObject): readonly GrammarViolation[] => {
    const index = event['index'];
    const type = stringMember(objectMember(event, 'content_block') ?? {}, 'type');
    const still = open;
    open = { index: typeof index === 'number' ? index : nextIndex, type: type ?? '' };
    const expected = nextIndex;
    nextIndex = open.index + 1;
    if (still !== undefined) return one('block-open', `block ${open.index} starts while block ${still.index} is open`);
    if (sawDelta) return one('block-after-message-delta', `block ${open.index} starts after message_delta`);
    if (index !== expected) return one('block-index', `block index ${open.index} where ${expected} is due`);
    return type === undefined ? one('block-malformed', `block ${open.index} has no type`) : none;
  };
  const delta = (event: JsonObject): readonly GrammarViolation[] => {
    if (open === undefined || event['index'] !== open.index)
      return one('block-not-open', `delta for block ${nameIndex(event)}, which is not open`);
    const type = stringMember(objectMember(event, 'delta') ?? {}, 'type');
    if (type === undefined) return one('block-malformed', `delta of block ${open.index} has no type`);
    const fits = Object.hasOwn(blocksOfDelta, type) ? blocksOfDelta[type] : undefined;
    if (fits === undefined || fits.includes(open.type) || !knownBlocks.has(open.type)) return none;
    return one('delta-mismatch', `${type} in a ${open.type} block`);
  };
  const stopBlock = (event: JsonObject): readonly GrammarViolation[] => {
    if (open === undefined || event['index'] !== open.index)
      return one('block-not-open', `stop of block ${nameIndex(event)}, which is not open`);
    open = undefined;
    return none;
  };
  const endMessage = (type: string): readonly GrammarViolation[] => {
    const still = open;
    open = undefined;
    if (still !== undefined) return one('block-open', `${type} while block ${still.index} is open`);
    return type === 'message_stop' && !sawDelta ? one('message-delta-missing', 'message_stop without message_delta') : none;
  };
  const check = (event: JsonObject): readonly GrammarViolation[] => {
    const type = stringMember(event, 'type') ?? '';
    if (ended !== undefined) return one('after-end', `${nameType(type)} after ${ended}`);
    if (type === 'error') ended = type;
    if (!sequence.has(type)) return none;
    if (type === 'message_start') return startMessage(event);
    if (!started) {
      started = true;
      return [...one('message-start-missing', `${type} before message_start`), ...check(event)];
    }
    if (type === 'content_block_start') return startBlock(event);
    if (type === 'content_block_delta') return delta(event);
    if (type === 'content_block_stop') return stopBlock(event);
    const violations = endMessage(type);
    if (type === 'message_delta') sawDelta = true;
    else ended = type;
    return violations;
  };
  return {
    push(event) {
      if (!isSse(event)) return check(event);
      const parsed = parseJsonObject(event.data);
      if (parsed === undefined) {
        if (event.event === 'error') ended ??= 'error';
        return one('not-json', `the data of ${nameType(event.event)} is not a JSON object`);
      }
      const mismatch = event.event !== stringMember(parsed, 'type');
      const violations = check(parsed);
      return mismatch ? [...one('name-mismatch', `event ${nameType(event.event)} holds another type`), ...violations] : violations;
    },
    end: () => (ended === undefined ? one('not-ended', 'the stream ended without message_stop') : none),
  };
}

const sequence: ReadonlySet<string> = new Set([
  'message_start',
  'content_block_start',
  'content_block_delta',
  'content_block_stop',
  'message_delta',
  'message_stop',
]);

const isSse = (event: SseEvent | JsonObject): event is SseEvent =>
  isJsonObject(event) && typeof event.event === 'string' && typeof event.data === 'string';
/** A type or name from the stream, cut so that a message stays short. */
const nameType = (type: string): string => type.slice(0, 64);
const nameIndex = (event: JsonObject): string => (typeof event['index'] === 'number' ? String(event['index']) : '?');
