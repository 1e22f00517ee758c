import { createRedactor } from '@ccproxy/kernel';
import { stringify } from 'yaml';
import type { Config, ProviderConfig, RoutingModule, Target } from './config.js';
import type { FallbackOn } from './fallback-on.js';
import { formatAuth, maskAuth } from './format-auth.js';
import { formatMs } from './format-ms.js';
import { formatRetry } from './format-retry.js';
import { formatRule } from './format-rule.js';
import type { LoadedConfig } from './load-config.js';

/** Writes a configuration as YAML, every value in place: reading it again gives the same configuration. Holds the credentials in clear. */
export function formatConfig(config: Config): string {
  const { server, logging, egress } = config;
  return stringify(
    escapeDollars({
      server: {
        host: server.host,
        port: server.port,
        authKey: server.authKey,
        bodyLimit: formatBytes(server.bodyLimit),
        allowedHosts: server.allowedHosts,
        allowedOrigins: server.allowedOrigins,
        headHold: formatMs(server.headHold),
        drainTimeout: formatMs(server.drainTimeout),
        idleShutdown: formatMs(server.idleShutdown),
        limits: server.limits,
      },
      logging: { level: logging.level, bodies: logging.bodies, file: logging.file },
      egress: { proxy: egress.proxy, ca: egress.ca },
      providers: mapValues(config.providers, formatProvider),
      models: mapValues(config.models, formatTarget),
      routes: config.routes.map(formatRule),
      profiles: mapValues(config.profiles, (profile) => ({
        default: profile.default,
        routes: profile.routes.map(formatRule),
        limits: profile.limits,
      })),
      plugins: {
        routing: mapValues(config.plugins?.routing ?? {}, formatModule),
        observers: mapValues(config.plugins?.observers ?? {}, ({ module, timeout, body }) => ({
          module,
          timeout: formatMs(timeout),
          body,
        })),
        providers: mapValues(config.plugins?.providers ?? {}, ({ module, passEnv }) => ({ module, passEnv })),
      },
      retry: config.retry === undefined ? undefined : formatRetry(config.retry),
      webSearch: config.webSearch === undefined ? undefined : { ...config.webSearch, timeout: formatMs(config.webSearch.timeout) },
      capabilities: Object.fromEntries((config.capabilities ?? []).map(({ pattern, can }) => [pattern, can])),
    }),
    { lineWidth: 0 },
  );
}

/** The active configuration for people: defaults, flags and environment included, every credential `****`. */
export function redactedYaml(loaded: Pick<LoadedConfig, 'config' | 'secrets'>): string {
  const mask = (value: string): string => (value === '' ? '' : '****');
  const { config } = loaded;
  const masked: Config = {
    ...config,
    server: { ...config.server, authKey: mask(config.server.authKey) },
    providers: mapValues(config.providers, (provider) => maskAuth(provider, mask)),
    ...(config.webSearch === undefined ? {} : { webSearch: { ...config.webSearch, apiKey: mask(config.webSearch.apiKey) } }),
  };
  return createRedactor({ secrets: loaded.secrets }).redact(formatConfig(masked));
}

function formatProvider({ type, adapter, baseUrl, auth, keys, limits, timeouts, strict, keepAlive }: ProviderConfig): object {
  return {
    type,
    ...(adapter === undefined ? {} : { adapter: adapter.name, options: adapter.options }),
    baseUrl,
    ...formatAuth({ auth, ...(keys === undefined ? {} : { keys }) }),
    limits,
    strict,
    keepAlive,
    timeouts: mapValues({ ...timeouts }, formatMs),
  };
}

function formatTarget({ provider, model, limits, fallback, fallbackOn, strict }: Target): object {
  return {
    provider,
    model,
    limits: { context: limits.context, output: limits.output },
    ...withFallback(fallback),
    fallbackOn: fallbackOn === undefined ? undefined : formatFallbackOn(fallbackOn),
    strict,
  };
}

function formatFallbackOn({ contextWindow, contentPolicy }: FallbackOn): object {
  return {
    ...(contextWindow.length === 0 ? {} : { contextWindow }),
    ...(contentPolicy.length === 0 ? {} : { contentPolicy }),
  };
}

function formatModule({ module, timeout, body, onFailure }: RoutingModule): object {
  return { module, timeout: formatMs(timeout), body, onFailure };
}

function withFallback(fallback: readonly string[]): object {
  return fallback.length === 0 ? {} : { fallback };
}

const byteUnits = [
  ['gb', 1024 ** 3],
  ['mb', 1024 ** 2],
  ['kb', 1024],
] as const;

function formatBytes(bytes: number): string {
  const unit = byteUnits.find(([, size]) => bytes % size === 0);
  return unit === undefined ? String(bytes) : `${bytes / unit[1]}${unit[0]}`;
}

/** A `$` in a value must not be read as the start of an expression. */
function escapeDollars(value: unknown): unknown {
  if (typeof value === 'string') return value.replaceAll('$', '$$$$');
  if (Array.isArray(value)) return value.map(escapeDollars);
  return typeof value === 'object' && value !== null ? mapValues(value, escapeDollars) : value;
}

function mapValues<V, R>(map: Readonly<Record<string, V>> | object, change: (value: V) => R): Record<string, R> {
  return Object.fromEntries(Object.entries(map as Readonly<Record<string, V>>).map(([key, value]) => [key, change(value)]));
}
