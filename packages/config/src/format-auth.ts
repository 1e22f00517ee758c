import { maskOptions } from './adapter-use.js';
import type { ProviderConfig } from './config.js';
import { formatMs } from './format-ms.js';
import type { OAuthAuth } from './oauth-source.js';
import type { ProviderKeys } from './provider-keys.js';

/** The credentials of a provider as they are written in the configuration, in clear. */
export function formatAuth({ auth, keys }: Pick<ProviderConfig, 'auth' | 'keys'>): object {
  if (keys !== undefined) return formatKeys(keys);
  if (auth.kind === 'oauth') return { oauth: formatOAuth(auth) };
  return auth.kind === 'client' ? { auth: 'client' } : auth.kind === 'apiKey' ? { apiKey: auth.value } : {};
}

function formatOAuth({ source, refresh, required }: OAuthAuth): object {
  const rest = { refresh: formatMs(refresh), required };
  if (source.kind === 'env') return { env: source.name, ...rest };
  if (source.kind === 'file') return { file: { path: source.path, pointer: source.pointer }, ...rest };
  return { command: source.argv, timeout: formatMs(source.timeout), passEnv: source.passEnv, ...rest };
}

function formatKeys({ strategy, list }: ProviderKeys): object {
  return { keyStrategy: strategy, apiKeys: list.map(({ value, weight, limits }) => ({ key: value, weight, limits })) };
}

/** The same provider with each of its credentials as `mask` gives it. */
export function maskAuth(provider: ProviderConfig, mask: (value: string) => string): ProviderConfig {
  const { auth, keys, adapter } = provider;
  if (adapter !== undefined) {
    const options = maskOptions(adapter.options, mask) as typeof adapter.options;
    return { ...provider, adapter: { ...adapter, options } };
  }
  if (auth.kind !== 'apiKey') return provider;
  const masked = keys === undefined ? {} : { keys: { ...keys, list: keys.list.map((key) => ({ ...key, value: mask(key.value) })) } };
  return { ...provider, auth: { kind: 'apiKey', value: mask(auth.value) }, ...masked };
}
