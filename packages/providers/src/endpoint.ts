import { isMetadataHost } from '@ccproxy/config';

/** The address of a provider, taken apart. */
export interface Endpoint {
  /** Scheme, host and port: what a credential is bound to. */
  readonly origin: string;
  readonly hostname: string;
  /** Path of the base URL without its last slash. */
  readonly prefix: string;
}

/** Throws TypeError for a `baseUrl` that is not an http(s) URL or names a metadata service. */
export function endpointOf(baseUrl: string): Endpoint {
  const url = new URL(baseUrl);
  if (url.protocol !== 'https:' && url.protocol !== 'http:') throw new TypeError('its baseUrl is not an http or https URL');
  if (isMetadataHost(url.hostname)) throw new TypeError('its baseUrl names a metadata service');
  return { origin: url.origin, hostname: url.hostname, prefix: url.pathname.replace(/\/+$/, '') };
}
