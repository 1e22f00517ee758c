import type { HeaderFields } from './header-fields.js';
import { connectionNames, isHopByHop } from './hop-by-hop.js';

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
const droppedPrefixes = [':', 'proxy-', 'x-forwarded-', 'x-ccproxy-'] as const;

/**
 * The client's headers as they go to an Anthropic upstream, in undici's flat form `[name, value, name, value, …]`.
 * Names, values, order and repetition stay as they came (law 1: no allow-list, claude-code-client.md §2.2), except
 * hop-by-hop headers and those `Connection` names, Host and Content-Length (the connection's own), cookies, forwarded,
 * proxy and `x-ccproxy-*` headers, Expect, and `drop`. `headers` is a flat list such as `rawHeaders`, or an object.
 */
export function requestHeadersForAnthropic(headers: readonly string[] | HeaderFields, options: RequestHeaderOptions = {}): string[] {
  const pairs = toPairs(headers);
  const drop = new Set(options.drop?.map((name) => name.toLowerCase()));
  for (const [name, value] of pairs) if (name.toLowerCase() === 'connection') for (const named of connectionNames(value)) drop.add(named);
  return pairs.filter(([name]) => !isDropped(name.toLowerCase(), drop)).flat();
}

const isDropped = (name: string, drop: ReadonlySet<string>): boolean =>
  drop.has(name) || droppedNames.has(name) || isHopByHop(name) || droppedPrefixes.some((prefix) => name.startsWith(prefix));

function toPairs(headers: readonly string[] | HeaderFields): (readonly [string, string])[] {
  if (isFlat(headers)) {
    if (headers.length % 2 !== 0) throw new TypeError('requestHeadersForAnthropic: a flat list has a value for every name');
    return headers.flatMap((name, index) => (index % 2 === 0 ? [[name, headers[index + 1] ?? ''] as const] : []));
  }
  return Object.entries(headers).flatMap(([name, value]) => {
    if (value === undefined) return [];
    return typeof value === 'string' ? [[name, value] as const] : value.map((one) => [name, one] as const);
  });
}

const isFlat = (headers: readonly string[] | HeaderFields): headers is readonly string[] => Array.isArray(headers);
