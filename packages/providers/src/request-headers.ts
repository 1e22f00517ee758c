import { requestHeadersForAnthropic } from '@ccproxy/wire';
import type { Credential } from './credentials/credential-source.js';
import type { HeaderFields } from './provider.js';

/**
 * `accept-encoding` is replaced by `identity`: a compressed stream could be neither metered nor held back at event borders.
 */
const DROP = ['accept-encoding'];
const DROP_WITH_CREDENTIALS = [...DROP, 'authorization', 'x-api-key'];

/**
 * What of the client's headers goes to a provider, in undici's flat form, with the provider's credential:
 * `client` forwards Authorization and x-api-key as they came; `apiKey` puts its own x-api-key in place of both, `bearer` its own Authorization; `none` sends neither.
 */
export function requestHeaders(client: HeaderFields | readonly string[], credential: Credential): string[] {
  const out = requestHeadersForAnthropic(client, { drop: credential.kind === 'client' ? DROP : DROP_WITH_CREDENTIALS });
  if (credential.kind === 'apiKey') out.push('x-api-key', credential.value);
  if (credential.kind === 'bearer') out.push('authorization', `Bearer ${credential.value}`);
  out.push('accept-encoding', 'identity');
  return out;
}
