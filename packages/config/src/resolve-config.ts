import path from 'node:path';
import { type BaseUrlResult, checkBaseUrl } from './base-url.js';
import type { CapabilityRule, Config, Observer, Profile, ProviderAuth, ProviderConfig, RoutingModule, Target } from './config.js';
import { type ConfigPath, type Diagnostic, formatPath } from './diagnostic.js';
import { adaptedProviderOf, adapterOf } from './resolve-adapter.js';
import type { Gap } from './interpolate.js';
import { missingSource, oauthOf } from './resolve-oauth.js';
import type { YamlTree } from './read-yaml.js';
import { keysOf, limitsOf, missingKeys } from './resolve-keys.js';
import type { ParsedConfig } from './schema.js';

export interface ResolveContext {
  readonly tree: YamlTree;
  /** What could not be completed in credential fields. */
  readonly gaps: readonly Gap[];
  /** Directory that relative paths of the file start from. */
  readonly directory: string;
  readonly home: string | undefined;
}

export interface ResolvedConfig {
  readonly config: Config;
  readonly diagnostics: readonly Diagnostic[];
}

/** Gives names to the parts of a parsed configuration, settles credentials, addresses and paths, and warns of what is risky there. */
export function resolveConfig(parsed: ParsedConfig, context: ResolveContext): ResolvedConfig {
  const diagnostics: Diagnostic[] = [];
  const file = (name: string): string => path.resolve(context.directory, expandHome(name, context.home));
  const adapters = { modules: parsed.plugins.providers, directory: context.directory, file, gaps: context.gaps };
  const config: Config = {
    server: {
      host: parsed.server.host,
      port: parsed.server.port,
      authKey: parsed.server.authKey,
      bodyLimit: parsed.server.bodyLimit,
      allowedHosts: parsed.server.allowedHosts.map((host) => host.toLowerCase()),
      allowedOrigins: parsed.server.allowedOrigins,
      headHold: parsed.server.headHold,
      drainTimeout: parsed.server.drainTimeout,
      idleShutdown: parsed.server.idleShutdown,
      ...limitsOf(parsed.server.limits),
    },
    logging: {
      level: parsed.logging.level,
      bodies: parsed.logging.bodies,
      file: parsed.logging.file === undefined ? undefined : file(parsed.logging.file),
    },
    egress: { proxy: parsed.egress.proxy, ca: parsed.egress.ca.map(file) },
    providers: byName(parsed.providers, (provider, name) =>
      provider.type === 'adapter' ? adaptedProviderOf(provider, name, adapters) : toProvider(provider, name, context, diagnostics, file),
    ),
    models: byName(parsed.models, toTarget),
    routes: parsed.routes,
    profiles: byName(parsed.profiles, (profile, name): Profile => ({ name, ...profile })),
    plugins: {
      routing: byName(parsed.plugins.routing, ({ module, ...rest }, name): RoutingModule => ({ name, module: file(module), ...rest })),
      observers: byName(parsed.plugins.observers, ({ module, ...rest }, name): Observer => ({ name, module: file(module), ...rest })),
      providers: byName(parsed.plugins.providers, (written, name) => adapterOf(written, name, adapters)),
    },
    retry: parsed.retry,
    ...webSearchOf(parsed.webSearch),
    capabilities: Object.entries(parsed.capabilities).map(([pattern, can]): CapabilityRule => ({ pattern, can: defined(can) })),
  };
  return { config, diagnostics };
}

function toProvider(
  parsed: Exclude<ParsedConfig['providers'][string], { readonly type: 'adapter' }>,
  name: string,
  context: ResolveContext,
  diagnostics: Diagnostic[],
  file: (name: string) => string,
): ProviderConfig {
  const { timeouts } = parsed;
  if (parsed.type === 'demo') {
    return { name, type: parsed.type, baseUrl: undefined, auth: { kind: 'none' }, timeouts, unavailable: undefined };
  }
  const keys = keysOf(parsed);
  const auth: ProviderAuth = keys === undefined ? authOf(parsed, file) : { kind: 'apiKey', value: keys.list[0]?.value ?? '' };
  const missing = keys === undefined ? undefined : missingKeys(name, keys, context);
  diagnostics.push(...(missing?.warnings ?? []));
  const address = checkBaseUrl(parsed.baseUrl);
  const risk = address.ok ? riskOf(address, auth) : undefined;
  if (risk !== undefined) {
    const place: ConfigPath = ['providers', name, 'baseUrl'];
    diagnostics.push({
      severity: 'warning',
      code: 'CCP_CONFIG_RISK',
      message: `${formatPath(place)} ${risk.message}`,
      hint: risk.hint,
      where: context.tree.locate(place),
      path: formatPath(place),
    });
  }
  return {
    name,
    type: parsed.type,
    baseUrl: address.ok ? address.url : undefined,
    auth,
    timeouts,
    ...(keys === undefined ? {} : { keys }),
    ...limitsOf(parsed.limits),
    ...(parsed.type === 'anthropic' ? {} : { strict: parsed.strict }),
    ...(parsed.type === 'ollama' && parsed.keepAlive !== undefined ? { keepAlive: parsed.keepAlive } : {}),
    unavailable: missing === undefined ? missingCredential(name, auth, context.gaps) : missing.unavailable,
  };
}

/** Only an Anthropic API can be given the credential of the client. */
function authOf(
  parsed: Pick<Exclude<ParsedConfig['providers'][string], { readonly type: 'demo' | 'adapter' }>, 'type' | 'apiKey' | 'oauth'>,
  file: (name: string) => string,
): ProviderAuth {
  if (parsed.oauth !== undefined) return oauthOf(parsed.oauth, file);
  if (parsed.apiKey !== undefined) return { kind: 'apiKey', value: parsed.apiKey };
  return parsed.type === 'anthropic' ? { kind: 'client' } : { kind: 'none' };
}

function riskOf(address: Extract<BaseUrlResult, { ok: true }>, auth: ProviderAuth): { message: string; hint: string } | undefined {
  if (address.loopback || auth.kind === 'none') return undefined;
  if (!address.secure) {
    return { message: 'sends a credential over plain http to another machine', hint: 'Use https://, or a host on this machine.' };
  }
  if (auth.kind !== 'client' || isAnthropic(address.hostname)) return undefined;
  return {
    message: 'is not Anthropic’s, and `auth: client` offers it the caller’s credential; a subscription login is never sent there',
    hint: 'Set `apiKey` to the credential of that host.',
  };
}

function missingCredential(name: string, auth: ProviderAuth, gaps: readonly Gap[]): string | undefined {
  const gap = gaps.find(({ path: [section, provider] }) => section === 'providers' && provider === name);
  if (gap !== undefined) return gap.reason;
  if (auth.kind === 'oauth') return missingSource(auth.source);
  return auth.kind === 'apiKey' && auth.value === '' ? 'its apiKey is empty' : undefined;
}

function isAnthropic(hostname: string): boolean {
  return hostname === 'anthropic.com' || hostname.endsWith('.anthropic.com');
}

function toTarget(parsed: ParsedConfig['models'][string], name: string): Target {
  return {
    name,
    provider: parsed.provider,
    model: parsed.model,
    limits: { context: parsed.limits.context, output: parsed.limits.output },
    fallback: parsed.fallback ?? [],
    ...(parsed.fallbackOn === undefined
      ? {}
      : { fallbackOn: { contextWindow: parsed.fallbackOn.contextWindow ?? [], contentPolicy: parsed.fallbackOn.contentPolicy ?? [] } }),
    ...(parsed.strict === undefined ? {} : { strict: parsed.strict }),
  };
}

/** Without an address there is nothing to ask. */
function webSearchOf(parsed: ParsedConfig['webSearch']): Pick<Config, 'webSearch'> {
  const address = parsed?.searxng === undefined ? undefined : checkBaseUrl(parsed.searxng);
  if (parsed === undefined || address?.ok !== true) return {};
  const { results, searches, timeout, apiKey = '' } = parsed;
  return { webSearch: { searxng: address.url, apiKey, results, searches, timeout } };
}

/** Without the keys that were not written. */
function defined<T extends object>(written: T): { [Key in keyof T]: Exclude<T[Key], undefined> } {
  return Object.fromEntries(Object.entries(written).filter(([, value]) => value !== undefined)) as never;
}

/** Without a prototype, so that a client naming `toString` finds nothing. */
function byName<P, T>(parsed: Readonly<Record<string, P>>, make: (value: P, name: string) => T): Readonly<Record<string, T>> {
  const named = Object.create(null) as Record<string, T>;
  for (const [name, value] of Object.entries(parsed)) named[name] = make(value, name);
  return named;
}

function expandHome(name: string, home: string | undefined): string {
  return home !== undefined && name.startsWith('~/') ? path.join(home, name.slice(2)) : name;
}
