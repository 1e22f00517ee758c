import type { HeaderFields } from './header-fields.js';
import { connectionNames, isHopByHopName } from './hop-by-hop.js';

export interface ResponseHeaderOptions {
  /** False when the body is rewritten: then the headers that describe its bytes go too. Default true. */
  readonly bodyUnchanged?: boolean;
}

/** What an upstream may not say to a client of another origin, and what identifies its front end. */
const droppedNames: ReadonlySet<string> = new Set([
  'set-cookie',
  'set-cookie2',
  'alt-svc',
  'strict-transport-security',
  'public-key-pins',
  'clear-site-data',
  'nel',
  'report-to',
  'reporting-endpoints',
  'server',
  'x-powered-by',
  'via',
]);
const describesBytes: ReadonlySet<string> = new Set([
  'content-encoding',
  'content-length',
  'content-md5',
  'content-digest',
  'digest',
  'etag',
]);

/**
 * The upstream's headers as they go to the client, lower-case names. Everything passes (`request-id`, `retry-after`,
 * `x-should-retry`, `anthropic-*`, …) except hop-by-hop headers and those `Connection` names, cookies, CORS, transport
 * policies, proxy and `x-ccproxy-*` headers, and the server's name.
 */
export function responseHeadersForClient(headers: HeaderFields, options: ResponseHeaderOptions = {}): Record<string, string | string[]> {
  const named = namedByConnection(headers);
  const rewritten = options.bodyUnchanged === false;
  const kept: Record<string, string | string[]> = {};
  for (const name of Object.keys(headers)) {
    const value = headers[name];
    const lower = name.toLowerCase();
    if (value === undefined || isDropped(lower) || named.includes(lower) || (rewritten && describesBytes.has(lower))) continue;
    const copy = typeof value === 'string' ? value : [...value];
    if (lower === '__proto__') Object.defineProperty(kept, lower, { value: copy, enumerable: true, configurable: true, writable: true });
    else kept[lower] = copy;
  }
  return kept;
}

const isDropped = (name: string): boolean =>
  droppedNames.has(name) ||
  isHopByHopName(name) ||
  name.startsWith('access-control-') ||
  name.startsWith('x-ccproxy-') ||
  name.startsWith('proxy-') ||
  name.startsWith(':');

const none: readonly string[] = [];

function namedByConnection(headers: HeaderFields): readonly string[] {
  let named = none;
  for (const name of Object.keys(headers)) {
    if (name.length !== 10 || name.toLowerCase() !== 'connection') continue;
    const value = String(headers[name] ?? '');
    // What nearly every connection says names no header.
    if (value !== 'keep-alive') named = [...named, ...connectionNames(value)];
  }
  return named;
}
