import type { HeaderFields } from './header-fields.js';
import { connectionNames, isHopByHop } from './hop-by-hop.js';

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
const droppedPrefixes = [':', 'access-control-', 'proxy-', 'x-ccproxy-'] as const;
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
  const drop = new Set<string>();
  for (const [name, value] of Object.entries(headers))
    if (name.toLowerCase() === 'connection' && value !== undefined) for (const named of connectionNames(String(value))) drop.add(named);
  if (options.bodyUnchanged === false) for (const name of describesBytes) drop.add(name);
  const kept: [string, string | string[]][] = [];
  for (const [name, value] of Object.entries(headers)) {
    const lower = name.toLowerCase();
    if (value === undefined || isDropped(lower, drop)) continue;
    kept.push([lower, typeof value === 'string' ? value : [...value]]);
  }
  return Object.fromEntries(kept);
}

const isDropped = (name: string, drop: ReadonlySet<string>): boolean =>
  drop.has(name) || droppedNames.has(name) || isHopByHop(name) || droppedPrefixes.some((prefix) => name.startsWith(prefix));
