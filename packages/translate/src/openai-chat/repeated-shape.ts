import { isJsonObject, type JsonObject, objectMember } from '@ccproxy/wire';

/** Members of a delta that bring most of a stream. */
const fields = ['content', 'reasoning_content', 'reasoning', 'arguments'] as const;

export interface RepeatedText {
  readonly field: TextField;
  readonly text: string;
  /** Of the call the arguments belong to. */
  readonly index: number;
}

type TextField = (typeof fields)[number];

/**
 * The chunks of one stream differ in one string only. Once a chunk was parsed, what stands before and after that string
 * is remembered; a chunk that begins and ends the same holds the same members, so its string is read without parsing the
 * rest. This is exact: between the two halves must stand one JSON string and nothing else.
 */
export interface RepeatedShape {
  /** The text of a chunk like the one learnt; undefined when it is not certain to be one. */
  match(data: string): RepeatedText | undefined;
  /** Remembers the shape of a parsed chunk that brings nothing but text. */
  learn(data: string, chunk: JsonObject): void;
}

/** A quote, a backslash or a control character. */
const needsParsing = /[^ !#-[\]-\uffff]/;

const patience = 32;

export function createRepeatedShape(): RepeatedShape {
  let shape: Shape | undefined;
  let misses = 0;
  const found = { field: 'content' as TextField, text: '', index: 0 };

  return {
    match(data) {
      if (shape === undefined) return undefined;
      const { head, tail } = shape;
      if (data.length <= head.length + tail.length || data.slice(0, head.length) !== head) return undefined;
      const end = shape.padding === undefined ? data.length - tail.length : data.indexOf(tail, head.length);
      if (end < head.length || !endsAs(data, end, shape)) return undefined;
      const literal = data.slice(head.length, end);
      const text = needsParsing.test(literal) ? parseLiteral(literal) : literal;
      if (text === undefined) return undefined;
      found.text = text;
      misses = 0;
      return found;
    },
    learn(data, chunk) {
      // Where no chunk is like the one before, learning from each would cost more than parsing.
      misses += 1;
      if (misses > patience && misses % patience !== 0) return;
      const only = onlyField(chunk);
      const next = only === undefined ? undefined : shapeOf(data, only.field);
      if (only === undefined || next === undefined) return;
      shape = next;
      found.field = only.field;
      found.index = only.index;
    },
  };
}

/** What is the same in every chunk. */
interface Shape {
  /** Up to and including the quote that opens the string. */
  readonly head: string;
  /** From its closing quote on, to the end or to the padding. */
  readonly tail: string;
  /** What follows the padding; undefined where there is none. */
  readonly padding: string | undefined;
}

/** OpenAI pads its chunks to the same length with letters and digits: `"obfuscation":"Fq3"}`. */
const padded = /^(".*"obfuscation":\s?")[A-Za-z0-9]*("[}\]]*)$/;
const paddingOnly = /^[A-Za-z0-9]*$/;

function endsAs(data: string, end: number, { tail, padding }: Shape): boolean {
  if (padding === undefined) return data.slice(end) === tail;
  const from = end + tail.length;
  const to = data.length - padding.length;
  return to >= from && data.slice(to) === padding && paddingOnly.test(data.slice(from, to));
}

function shapeOf(data: string, field: TextField): Shape | undefined {
  const mark = `"${field}":`;
  const at = data.indexOf(mark);
  if (at === -1 || data.includes(mark, at + 1)) return undefined;
  const start = data.indexOf('"', at + mark.length) + 1;
  const end = endOfString(data, start);
  if (start === 0 || data.slice(at + mark.length, start - 1).trim() !== '' || end === undefined) return undefined;
  const rest = data.slice(end);
  const [, tail = rest, padding] = padded.exec(rest) ?? [];
  return { head: flat(data.slice(0, start)), tail: flat(tail), padding: padding === undefined ? undefined : flat(padding) };
}

/** A copy of its own: comparing with a part of another string is three times as slow, and would keep that one alive. */
const flat = (text: string): string => Buffer.from(text).toString();

function parseLiteral(literal: string): string | undefined {
  try {
    const value: unknown = JSON.parse(`"${literal}"`);
    return typeof value === 'string' ? value : undefined;
  } catch (error) {
    if (error instanceof SyntaxError) return undefined;
    throw error;
  }
}

/** Where the string that begins at `start` has its closing quote. */
function endOfString(data: string, start: number): number | undefined {
  for (let at = start; at < data.length; at += 1) {
    const code = data.charCodeAt(at);
    if (code === 0x22) return at;
    if (code === 0x5c) at += 1;
  }
  return undefined;
}

/** The one member of the delta that says something, when the chunk says nothing else. */
function onlyField(chunk: JsonObject): { field: TextField; index: number } | undefined {
  const choice = onlyEntry(chunk['choices']);
  if (choice === undefined || isSet(chunk['usage']) || isSet(chunk['x_groq']) || isSet(choice['finish_reason']) || isSet(choice['usage']))
    return undefined;
  const delta = objectMember(choice, 'delta');
  const speaking = delta === undefined ? [] : Object.keys(delta).filter((key) => key !== 'role' && isSet(delta[key]));
  const [only] = speaking;
  if (delta === undefined || only === undefined || speaking.length > 1) return undefined;
  if (only === 'tool_calls') return onlyArguments(onlyEntry(delta['tool_calls']));
  const field = fields.find((one) => one === only && one !== 'arguments');
  return field !== undefined && typeof delta[only] === 'string' ? { field, index: 0 } : undefined;
}

/** More arguments of one call, which neither its id nor its name comes with. */
function onlyArguments(call: JsonObject | undefined): { field: TextField; index: number } | undefined {
  const inner = call === undefined ? undefined : objectMember(call, 'function');
  if (call === undefined || inner === undefined || isSet(call['id']) || isSet(inner['name'])) return undefined;
  const { index } = call;
  return typeof index === 'number' && typeof inner['arguments'] === 'string' ? { field: 'arguments', index } : undefined;
}

const onlyEntry = (list: unknown): JsonObject | undefined => {
  const [entry]: readonly unknown[] = Array.isArray(list) && list.length === 1 ? list : [];
  return isJsonObject(entry) ? entry : undefined;
};

const isSet = (value: unknown): boolean =>
  value !== undefined && value !== null && value !== '' && !(Array.isArray(value) && value.length === 0);
