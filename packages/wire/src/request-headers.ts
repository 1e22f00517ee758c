import type { HeaderFields } from './header-fields.js';
import { connectionNames, isHopByHopName } from './hop-by-hop.js';

export interface RequestHeaderOptions {
  /** Further names to leave out, any case: for example the client's credential when the provider has its own. */
  readonly drop?: readonly string[];
}

const droppedNames: ReadonlySet<string> = new Set([
  'host',
  'content-length',
  'cookie',
  'cookie2',
  'forwarded',
  'x-real-ip',
  'via',
  'expect',
]);
const none: readonly string[] = [];

/**
 * The client's headers as they go to an Anthropic upstream, in undici's flat form `[name, value, name, value, …]`.
 * Names, values, order and repetition stay as they came (law 1: no allow-list, claude-code-client.md §2.2), except
 * hop-by-hop headers and those `Connection` names, Host and Content-Length (the connection's own), cookies, forwarded,
 * proxy and `x-ccproxy-*` headers, Expect, and `drop`. `headers` is a flat list such as `rawHeaders`, or an object.
 */
export function requestHeadersForAnthropic(headers: readonly string[] | HeaderFields, options: RequestHeaderOptions = {}): string[] {
  const flat = isFlat(headers) ? headers : flatten(headers);
  if (flat.length % 2 !== 0) throw new TypeError('requestHeadersForAnthropic: a flat list has a value for every name');
  const drop = lowerCase(options.drop ?? none);
  const named = namedByConnection(flat);
  const kept: string[] = [];
  for (let index = 0; index < flat.length; index += 2) {
    const name = flat[index] ?? '';
    const lower = name.toLowerCase();
    if (isDropped(lower) || drop.includes(lower) || named.includes(lower)) continue;
    kept.push(name, flat[index + 1] ?? '');
  }
  return kept;
}

const isDropped = (name: string): boolean =>
  droppedNames.has(name) ||
  isHopByHopName(name) ||
  name.startsWith('x-ccproxy-') ||
  name.startsWith('x-forwarded-') ||
  name.startsWith('proxy-') ||
  name.startsWith(':');

/** The list itself when it is in lower case already, as a constant list is. */
const lowerCase = (names: readonly string[]): readonly string[] =>
  names.every((name) => name === name.toLowerCase()) ? names : names.map((name) => name.toLowerCase());

function namedByConnection(flat: readonly string[]): readonly string[] {
  let named = none;
  for (let index = 0; index < flat.length; index += 2) {
    const name = flat[index] ?? '';
    if (name.length !== 10 || name.toLowerCase() !== 'connection') continue;
    const value = flat[index + 1] ?? '';
    // What nearly every connection says names no header.
    if (value !== 'keep-alive') named = [...named, ...connectionNames(value)];
  }
  return named;
}

function flatten(headers: HeaderFields): string[] {
  const flat: string[] = [];
  for (const name of Object.keys(headers)) {
    const value = headers[name];
    if (typeof value === 'string') flat.push(name, value);
    else if (value !== undefined) for (const one of value) flat.push(name, one);
  }
  return flat;
}

const isFlat = (headers: readonly string[] | HeaderFields): headers is readonly string[] => Array.isArray(headers);
