import { isDeepStrictEqual } from 'node:util';
import { type Config, defaultRetry, type ProviderConfig } from '@ccproxy/config';
import type { Clock, Logger } from '@ccproxy/kernel';
import { type CredentialSource, type Provider, providersErrors } from '@ccproxy/providers';
import { type CircuitState, ProviderLine } from '@ccproxy/resilience';
import type { GatewayMetrics } from './gateway-metrics.js';

/** A provider of the configuration with everything that is remembered of it. */
export interface Upstream {
  readonly config: ProviderConfig;
  /** Where the credential of `first` comes from. */
  readonly source: CredentialSource;
  readonly line: ProviderLine;
  /** Without a key, or with the first. */
  readonly first: Provider;
  /** One for each key: each has connections of its own, so that a key never travels on those of another. */
  readonly providers: readonly Provider[];
}

export interface UpstreamDeps {
  readonly clock: Clock;
  readonly logger: Logger;
  readonly make: (config: ProviderConfig, source: CredentialSource) => Provider;
  readonly sourceOf: (config: ProviderConfig) => CredentialSource;
  readonly metrics: () => GatewayMetrics;
  /** Told when something was taken of the limits of a provider. */
  readonly onSpent: () => void;
}

const circuitValues: Readonly<Record<CircuitState, number>> = { closed: 0, 'half-open': 1, open: 2 };

function createUpstream(config: ProviderConfig, retry: Config['retry'], deps: UpstreamDeps): Upstream {
  const { name, auth, keys } = config;
  const { clock, logger, make, metrics, onSpent } = deps;
  const source = deps.sourceOf(config);
  const withKey = (value: string): ProviderConfig => ({ ...config, auth: { kind: 'apiKey', value } });
  const first = make(config, source);
  const others = (keys?.list ?? []).slice(1).map(({ value }) => make(withKey(value), deps.sourceOf(withKey(value))));
  const line = new ProviderLine({
    ownKey: config.adapter !== undefined || (auth.kind !== 'client' && auth.kind !== 'none'),
    transparent: auth.kind === 'client' || config.type === 'demo',
    strategy: keys?.strategy ?? 'fill-first',
    keys: (keys === undefined || keys.list.length === 0 ? [{ weight: 1, limits: undefined }] : keys.list).map((key) => ({
      weight: key.weight,
      limits: key.limits ?? config.limits,
    })),
    retry: retry ?? defaultRetry,
    now: () => clock.monotonic(),
    onSpent,
    onCircuit(state) {
      metrics().circuit.set(circuitValues[state], { provider: name });
      logger.warn(
        { provider: name, circuit: state },
        state === 'open' ? 'the provider fails and is left alone' : 'the provider is asked again',
      );
    },
    onRest(key, why) {
      metrics().rests.inc({ provider: name, class: why });
      logger.warn({ provider: name, key: key + 1, class: why }, 'a key of the provider rests');
    },
  });
  return { config, source, line, first, providers: [first, ...others] };
}

/** What stands behind each provider of the configuration, by name; what is `kept` stays when its configuration is the same. */
export const createUpstreams = (
  { providers, retry }: Config,
  deps: UpstreamDeps,
  kept: ReadonlyMap<string, Upstream> = new Map(),
): ReadonlyMap<string, Upstream> =>
  new Map(
    Object.values(providers).map((each) => {
      const present = kept.get(each.name);
      return [each.name, present !== undefined && isDeepStrictEqual(present.config, each) ? present : createUpstream(each, retry, deps)];
    }),
  );

/** The provider for a call that is passed on as it is, with a key that is free; undefined when there is no such provider. */
export function plainProvider(upstreams: ReadonlyMap<string, Upstream>, name: string, session?: string): Provider | undefined {
  const upstream = upstreams.get(name);
  return upstream === undefined ? undefined : (upstream.providers[upstream.line.anyKey(session)] ?? upstream.first);
}

/** Every key of the configuration that is sent to a provider. */
export const providerKeys = ({ auth, keys }: ProviderConfig): readonly string[] => [
  ...(auth.kind === 'apiKey' ? [auth.value] : []),
  ...(keys?.list ?? []).map(({ value }) => value),
];

/** Everything a provider is called with now, and what answers on their way may still repeat. */
export const upstreamSecrets = (upstream: Upstream | undefined): readonly string[] =>
  upstream === undefined ? [] : [...providerKeys(upstream.config), ...(upstream.source.renewable ? upstream.source.secrets() : [])];

/**
 * Fetches the tokens that are fetched. Waits for the required ones and rejects with CCP_PROVIDER_REQUIRED when one cannot be had; the
 * others come while requests wait for them.
 */
export async function startUpstreams(upstreams: readonly Upstream[]): Promise<void> {
  // Why it failed is in the log, and in what the source says of its availability.
  const noted = (): void => {};
  const waited = upstreams.map(async ({ config, source }) => {
    if (config.auth.kind !== 'oauth') return;
    const { name, unavailable } = config;
    if (!source.required) {
      if (unavailable === undefined) source.obtain().catch(noted);
      return;
    }
    if (unavailable === undefined) await source.obtain().catch(noted);
    const state = source.availability();
    const reason = unavailable ?? (state.available ? undefined : state.reason);
    if (reason !== undefined) throw providersErrors.CCP_PROVIDER_REQUIRED({ message: `provider "${name}" needs a token: ${reason}` });
  });
  await Promise.all(waited);
}

/** Closes the connections, when the calls on them have ended, and forgets fetched tokens. */
export async function closeUpstream({ providers, source }: Upstream): Promise<void> {
  await Promise.all(providers.map((provider) => provider.close()));
  source.close();
}

/** What `/health` and `status` show of a provider. */
export function upstreamHealth({ first, line }: Upstream): Readonly<Record<string, unknown>> {
  const availability = first.availability();
  const report = line.report();
  const left = report.circuit === 'open' ? `it failed several times in a row; asked again in ${report.retryIn ?? 0} s` : null;
  return {
    name: first.name,
    type: first.type,
    available: availability.available && left === null,
    reason: availability.available ? left : availability.reason,
    ...report,
  };
}
