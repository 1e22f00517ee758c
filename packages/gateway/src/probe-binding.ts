import { bindMethod, type IpcBinding, providerProbe } from '@ccproxy/ipc';
import { probeProvider, type ProviderDeps, providersErrors } from '@ccproxy/providers';
import type { Upstream } from './upstreams.js';

/** A probe is given up when its caller is gone, so that nobody pays for an answer nobody reads. */
const gone = (): Error => new Error('the caller of the probe is gone');

function find(upstreams: ReadonlyMap<string, Upstream>, name: string): Upstream {
  const found = upstreams.get(name);
  if (found === undefined) throw providersErrors.CCP_PROVIDER_UNKNOWN({ message: `there is no provider "${name.slice(0, 64)}"` });
  const { unavailable } = found.config;
  if (unavailable === undefined) return found;
  throw providersErrors.CCP_PROVIDER_UNAVAILABLE({ message: `provider "${name}" cannot be used: ${unavailable}` });
}

/**
 * `provider.probe`: with connections of its own, so that it meets neither the limits nor the circuit of ordinary requests, and with the
 * same credential.
 */
export const probeBinding = (upstreams: () => ReadonlyMap<string, Upstream>, deps: () => ProviderDeps): IpcBinding =>
  bindMethod(providerProbe, async ({ provider, model }, peer) => {
    const { config, source } = find(upstreams(), provider);
    const stop = new AbortController();
    peer.onClose(() => stop.abort(gone()));
    const { failure = null, measured, lines, ...report } = await probeProvider(config, model, { ...deps(), source }, stop.signal);
    return { ...report, failure, measured: { ...measured }, lines: [...lines] };
  });
