import { isJsonObject, type JsonObject, objectMember } from '@ccproxy/wire';

/** Members of a delta that bring most of a stream. */
const fields = ['content', 'reasoning_content', 'reasoning'] as const;

export type TextField = (typeof fields)[number];

/**
 * The chunks of one stream differ in one string only. Once a chunk was parsed, what stands before and after that string
 * is remembered; a chunk that begins and ends the same holds the same members, so its string is read without parsing the
 * rest. This is exact: between the two halves must stand one JSON string and nothing else.
 */
export interface RepeatedShape {
  /** The text of a chunk like the one learnt; undefined when it is not certain to be one. */
  match(data: string): { readonly field: TextField; readonly text: string } | undefined;
  /** Remembers the shape of a parsed chunk that brings nothing but text. */
  learn(data: string, chunk: JsonObject): void;
}

/** A quote, a backslash or a control character. */
const needsParsing = /[^ !#-[\]-\uffff]/;

export function createRepeatedShape(): RepeatedShape {
  let shape: Shape | undefined;
  const found: { field: TextField; text: string } = { field: 'content', text: '' };

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
      return found;
    },
    learn(data, chunk) {
      const field = onlyField(chunk);
      const next = field === undefined ? undefined : shapeOf(data, field);
      if (field === undefined || next === undefined) return;
      shape = next;
      found.field = field;
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
function onlyField(chunk: JsonObject): TextField | undefined {
  const choices = chunk['choices'];
  const [choice]: readonly unknown[] = Array.isArray(choices) && choices.length === 1 ? choices : [];
  if (!isJsonObject(choice) || isSet(chunk['usage']) || isSet(chunk['x_groq']) || isSet(choice['finish_reason']) || isSet(choice['usage']))
    return undefined;
  const delta = objectMember(choice, 'delta');
  const speaking = delta === undefined ? [] : Object.keys(delta).filter((key) => key !== 'role' && isSet(delta[key]));
  const [only] = speaking;
  return speaking.length === 1 && typeof delta?.[only ?? ''] === 'string' ? fields.find((field) => field === only) : undefined;
}

const isSet = (value: unknown): boolean =>
  value !== undefined && value !== null && value !== '' && !(Array.isArray(value) && value.length === 0);
