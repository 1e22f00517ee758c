import { isJsonObject, type JsonObject, objectMember, stringMember } from '@ccproxy/wire';
import type { AnswerContext } from '../answer/answer-context.js';
import type { AnswerSink } from '../answer/answer-sink.js';
import { writeAnnotation } from '../answer/write-annotation.js';
import { writeSearchCall } from './search-call.js';

/** An item's place in the output, or its id where a server names no place. */
export type ItemKey = number | string;

/** Reads the items of a response, from deltas, from their `done` events, or whole; each part once (rows 106, 108). */
export interface ItemReader {
  event(type: string, event: JsonObject, key: ItemKey): void;
  /** An item that is complete. */
  whole(key: ItemKey, item: JsonObject): void;
  /** The key an item of the final list had in the events before. */
  keyOf(item: JsonObject, index: number): ItemKey;
}

interface ItemState {
  done: boolean;
  /** Parts of which something was written. */
  readonly written: Set<string>;
  /** Which kind of reasoning is shown: the first that comes. */
  reasoning: 'summary' | 'text' | undefined;
}

const maxItems = 4096;
/** Parts of one item, by the numbers a provider gives them. */
const maxParts = 4096;
const separator = '\n\n';

export function createItemReader(sink: AnswerSink, context: AnswerContext, response: number): ItemReader {
  const states = new Map<ItemKey, ItemState>();
  const keyById = new Map<string, ItemKey>();

  /** Unique among all responses of the stream. */
  const callKey = (key: ItemKey): string => `${response}_${key}`;
  const stateOf = (key: ItemKey): ItemState => {
    let state = states.get(key);
    if (state === undefined) {
      if (states.size >= maxItems) sink.fail('api_error', 'the provider sent more items in one answer than can be passed on');
      state = { done: false, written: new Set(), reasoning: undefined };
      states.set(key, state);
    }
    return state;
  };
  const mark = (state: ItemState, part: string): void => {
    if (state.written.size >= maxParts) sink.fail('api_error', 'the provider sent more parts of one item than can be passed on');
    state.written.add(part);
  };
  const write = (state: ItemState, part: string, text: string, refusal = false): void => {
    if (text === '') return;
    if (!state.written.has(part)) {
      mark(state, part);
      sink.breakBlock();
    }
    sink.text(text);
    if (refusal) sink.stop('refusal');
  };
  const think = (state: ItemState, kind: 'summary' | 'text', part: string, text: string): void => {
    state.reasoning ??= kind;
    if (text === '' || state.reasoning !== kind) return;
    const first = !state.written.has(part);
    if (first && state.written.size > 0) sink.thinking(separator);
    if (first) mark(state, part);
    sink.thinking(text);
  };
  const added = (key: ItemKey, item: JsonObject): void => {
    const id = stringMember(item, 'id');
    if (id !== undefined && keyById.size < maxItems) keyById.set(id, key);
    stateOf(key);
    if (item['type'] === 'reasoning') sink.breakBlock();
    if (item['type'] === 'function_call') call(key, item);
  };
  const call = (key: ItemKey, item: JsonObject): void => {
    sink.tool(callKey(key), { id: stringMember(item, 'call_id') ?? stringMember(item, 'id'), name: stringMember(item, 'name') });
    fill(key, stringMember(item, 'arguments'));
  };
  /** Arguments as a whole, after or instead of their pieces. */
  const fill = (key: ItemKey, json: string | undefined): void => {
    if (json !== undefined && !sink.toolComplete(callKey(key))) sink.toolInput(callKey(key), json);
  };
  const message = (state: ItemState, item: JsonObject): void => {
    partsOf(item['content']).forEach((part, index) => {
      const name = `content ${index}`;
      if (!state.written.has(name))
        write(state, name, stringMember(part, 'text') ?? stringMember(part, 'refusal') ?? '', part['type'] === 'refusal');
      if (!state.written.has(`cited ${index}`) && Array.isArray(part['annotations']))
        for (const annotation of part['annotations']) writeAnnotation(sink, annotation);
    });
  };
  const reasoning = (state: ItemState, item: JsonObject): void => {
    if (state.written.size === 0) {
      partsOf(item['summary']).forEach((part, index) => think(state, 'summary', `summary ${index}`, stringMember(part, 'text') ?? ''));
      partsOf(item['content']).forEach((part) => think(state, 'text', 'text', stringMember(part, 'text') ?? ''));
    }
    const encrypted = stringMember(item, 'encrypted_content');
    if (encrypted !== undefined && encrypted !== '') sink.signature(encrypted);
    else sink.breakBlock();
  };
  const whole = (key: ItemKey, item: JsonObject): void => {
    const state = stateOf(key);
    if (state.done) return;
    state.done = true;
    switch (item['type']) {
      case 'message':
        return message(state, item);
      case 'reasoning':
        return reasoning(state, item);
      case 'function_call':
        call(key, item);
        return sink.toolDone(callKey(key));
      case 'web_search_call':
        return writeSearchCall(sink, item, context, callKey(key));
      default:
        return undefined;
    }
  };
  return {
    event(type, event, key) {
      const item = objectMember(event, 'item');
      const delta = stringMember(event, 'delta') ?? '';
      const content = `content ${indexOf(event, 'content_index')}`;
      switch (type) {
        case 'response.output_text.delta':
          return write(stateOf(key), content, delta);
        case 'response.output_text.annotation.added':
          mark(stateOf(key), `cited ${indexOf(event, 'content_index')}`);
          writeAnnotation(sink, event['annotation']);
          return undefined;
        case 'response.refusal.delta':
          return write(stateOf(key), content, delta, true);
        case 'response.reasoning_summary_text.delta':
          return think(stateOf(key), 'summary', `summary ${indexOf(event, 'summary_index')}`, delta);
        case 'response.reasoning_text.delta':
          return think(stateOf(key), 'text', 'text', delta);
        case 'response.function_call_arguments.delta':
          return sink.toolInput(callKey(key), delta);
        case 'response.function_call_arguments.done':
          return fill(key, stringMember(event, 'arguments'));
        case 'response.output_item.added':
          return item === undefined ? undefined : added(key, item);
        case 'response.output_item.done':
          return item === undefined ? undefined : whole(key, item);
        default:
          return undefined;
      }
    },
    whole,
    keyOf: (item, index) => keyById.get(stringMember(item, 'id') ?? '') ?? index,
  };
}

const partsOf = (list: unknown): JsonObject[] => (Array.isArray(list) ? list.filter(isJsonObject) : []);
const indexOf = (event: JsonObject, key: string): number => (typeof event[key] === 'number' ? event[key] : 0);
