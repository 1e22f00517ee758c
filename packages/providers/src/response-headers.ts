import type { HeaderFields } from './provider.js';

/** Hop-by-hop headers, and those that speak about the provider's origin and would be taken for ours. */
const STRIPPED = new Set([
  'connection',
  'keep-alive',
  'proxy-connection',
  'proxy-authenticate',
  'proxy-authentication-info',
  'te',
  'trailer',
  'transfer-encoding',
  'upgrade',
  'set-cookie',
  'set-cookie2',
  'clear-site-data',
  'alt-svc',
  'strict-transport-security',
  'content-security-policy',
  'nel',
  'report-to',
  'reporting-endpoints',
  'refresh',
  'www-authenticate',
]);

const isStripped = (name: string): boolean => STRIPPED.has(name) || name.startsWith('access-control-') || name.startsWith('x-ccproxy-');

/** What of an answer's headers may go to the client. */
export function responseHeaders(upstream: HeaderFields): HeaderFields {
  const out: Record<string, string | readonly string[]> = {};
  const { connection } = upstream;
  const private_ =
    connection === undefined || connection === 'keep-alive' || connection === 'close'
      ? undefined
      : String(connection)
          .toLowerCase()
          .split(',')
          .map((token) => token.trim());
  for (const name in upstream) {
    const value = upstream[name];
    if (value === undefined || isStripped(name) || private_?.includes(name) === true) continue;
    out[name] = value;
  }
  return out;
}
