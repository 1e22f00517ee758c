import type { Config, ProviderConfig } from '@ccproxy/config';
import { bindMethod, type IpcBinding, providerProbe } from '@ccproxy/ipc';
import { probeProvider, type ProviderDeps, providersErrors } from '@ccproxy/providers';

/** A probe is given up when its caller is gone, so that nobody pays for an answer nobody reads. */
const gone = (): Error => new Error('the caller of the probe is gone');

function configOf(config: Config, name: string): ProviderConfig {
  const found = Object.hasOwn(config.providers, name) ? config.providers[name] : undefined;
  if (found === undefined) throw providersErrors.CCP_PROVIDER_UNKNOWN({ message: `there is no provider "${name.slice(0, 64)}"` });
  if (found.unavailable === undefined) return found;
  throw providersErrors.CCP_PROVIDER_UNAVAILABLE({ message: `provider "${name}" cannot be used: ${found.unavailable}` });
}

/** `provider.probe`: with connections of its own, so that it meets neither the limits nor the circuit of ordinary requests. */
export const probeBinding = (config: Config, deps: ProviderDeps): IpcBinding =>
  bindMethod(providerProbe, async ({ provider, model }, peer) => {
    const found = configOf(config, provider);
    const stop = new AbortController();
    peer.onClose(() => stop.abort(gone()));
    const { failure = null, measured, lines, ...report } = await probeProvider(found, model, deps, stop.signal);
    return { ...report, failure, measured: { ...measured }, lines: [...lines] };
  });
