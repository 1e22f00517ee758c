import { isJsonObject, type JsonObject, objectMember, stringMember } from '@ccproxy/wire';
import type { AnswerSink } from '../answer/answer-sink.js';

/** Tells the calls of an answer apart, whatever servers do with `index` and `id` (rows 68-74). */
export interface CallReader {
  /** Whether a delta holds calls. */
  any(delta: JsonObject): boolean;
  /** `whole`: the message is complete, each entry is a call of its own. */
  read(delta: JsonObject, whole: boolean): void;
}

interface Slot {
  readonly key: number;
  readonly id: string | undefined;
  readonly name: string | undefined;
}

export function createCallReader(sink: AnswerSink): CallReader {
  /** The call each index, or each id where there is no index, stands for at the moment. */
  const slots = new Map<number | string, Slot>();
  let last: number | string = 0;
  let keys = 0;

  const slotName = (entry: JsonObject, id: string | undefined, name: string | undefined): number | string => {
    if (typeof entry['index'] === 'number') return entry['index'];
    if (id !== undefined) return id;
    return name === undefined ? last : `call ${keys}`;
  };
  const isAnother = (slot: Slot, id: string | undefined, name: string | undefined): boolean => {
    if (id !== undefined && slot.id !== undefined) return id !== slot.id && (name !== undefined || sink.toolComplete(slot.key));
    return id === undefined && name !== undefined && slot.name !== undefined && slot.id === undefined && sink.toolComplete(slot.key);
  };
  const readEntry = (entry: JsonObject, own: number | undefined): void => {
    const call = objectMember(entry, 'function') ?? entry;
    const id = filled(entry, 'id');
    const name = filled(call, 'name');
    const slot = own === undefined ? slotName(entry, id, name) : `whole ${own}`;
    const known = slots.get(slot);
    const same = known !== undefined && !isAnother(known, id, name);
    const key = same ? known.key : (keys += 1);
    if (!same || known.id !== id || known.name !== name)
      slots.set(slot, { key, id: same ? (known.id ?? id) : id, name: same ? (known.name ?? name) : name });
    last = slot;
    if (!same || id !== undefined || name !== undefined) sink.tool(key, { id, name });
    sink.toolInput(key, argumentsOf(call));
  };
  return {
    any: (delta) => (Array.isArray(delta['tool_calls']) && delta['tool_calls'].length > 0) || isJsonObject(delta['function_call']),
    read(delta, whole) {
      const entries = Array.isArray(delta['tool_calls']) ? delta['tool_calls'] : [];
      entries.forEach((entry, position) => {
        if (isJsonObject(entry)) readEntry(entry, whole ? position : undefined);
      });
      const legacy = entries.length === 0 ? objectMember(delta, 'function_call') : undefined;
      if (legacy !== undefined) readEntry({ index: 0, function: legacy }, undefined);
    },
  };
}

const filled = (object: JsonObject, key: string): string | undefined => {
  const value = stringMember(object, key);
  return value === '' ? undefined : value;
};

/** JSON text, as it should be; some servers send the object itself. */
function argumentsOf(call: JsonObject): string {
  const value = call['arguments'];
  if (typeof value === 'string') return value;
  return isJsonObject(value) ? JSON.stringify(value) : '';
}
