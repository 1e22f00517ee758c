import type { ProviderAuth } from '@ccproxy/config';
import { requestHeadersForAnthropic } from '@ccproxy/wire';
import type { HeaderFields } from './provider.js';

/**
 * `accept-encoding` is replaced by `identity`: a compressed stream could be neither metered nor held back at event borders.
 */
const DROP = ['accept-encoding'];
const DROP_WITH_CREDENTIALS = [...DROP, 'authorization', 'x-api-key'];

/**
 * What of the client's headers goes to a provider, in undici's flat form, with the credential the provider's configuration says:
 * `client` forwards Authorization and x-api-key as they came; `apiKey` puts its own x-api-key in place of both; `none` sends neither.
 */
export function requestHeaders(client: HeaderFields | readonly string[], auth: ProviderAuth): string[] {
  const out = requestHeadersForAnthropic(client, { drop: auth.kind === 'client' ? DROP : DROP_WITH_CREDENTIALS });
  if (auth.kind === 'apiKey') out.push('x-api-key', auth.value);
  out.push('accept-encoding', 'identity');
  return out;
}
