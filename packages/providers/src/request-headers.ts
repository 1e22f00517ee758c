import type { ProviderAuth } from '@ccproxy/config';
import type { HeaderFields } from './provider.js';

/** Hop-by-hop (RFC 9110 §7.6.1), framing that is written anew, and what belongs to the way here: law 1's exceptions. */
const STRIPPED = new Set([
  'connection',
  'keep-alive',
  'proxy-connection',
  'proxy-authorization',
  'proxy-authenticate',
  'te',
  'trailer',
  'transfer-encoding',
  'upgrade',
  'http2-settings',
  'expect',
  'host',
  'content-length',
  'accept-encoding',
  'cookie',
  'cookie2',
  'forwarded',
  'via',
  'x-real-ip',
]);

const isStripped = (name: string): boolean =>
  STRIPPED.has(name) || (name.startsWith('x-') && (name.startsWith('x-ccproxy-') || name.startsWith('x-forwarded-')));

const named = (connection: string | readonly string[] | undefined): readonly string[] => {
  if (connection === undefined || connection === 'keep-alive' || connection === 'close') return [];
  return String(connection)
    .toLowerCase()
    .split(',')
    .map((token) => token.trim());
};

/**
 * What of the client's headers goes to a provider, with the credential the provider's configuration says.
 *
 * `client` forwards Authorization and x-api-key as they came; `apiKey` puts its own x-api-key in place of both; `none` sends neither.
 * `accept-encoding` becomes `identity`: a compressed stream could be neither metered nor held back at event borders.
 */
export function requestHeaders(client: HeaderFields, auth: ProviderAuth): Record<string, string | string[]> {
  const out: Record<string, string | string[]> = {};
  const private_ = named(client['connection']);
  const forwardsCredential = auth.kind === 'client';
  for (const name in client) {
    const value = client[name];
    if (value === undefined || isStripped(name)) continue;
    if (!forwardsCredential && (name === 'authorization' || name === 'x-api-key')) continue;
    if (private_.length > 0 && private_.includes(name)) continue;
    out[name] = typeof value === 'string' ? value : [...value];
  }
  if (auth.kind === 'apiKey') out['x-api-key'] = auth.value;
  out['accept-encoding'] = 'identity';
  return out;
}
