import { isDeepStrictEqual } from 'node:util';
import { type Config, defaultRetry, type ProviderConfig } from '@ccproxy/config';
import { createCredentialSource, createProvider, type ProviderDeps, systemSourceIo } from '@ccproxy/providers';
import { CallerLimits, InFlightTable } from '@ccproxy/resilience';
import { compileRoutes } from '@ccproxy/router';
import { createExactCounter } from '@ccproxy/tokens';
import { Conversations } from './conversations.js';
import type { GatewayContext } from './gateway-context.js';
import type { GatewayDeps } from './gateway-deps.js';
import { noMetrics } from './gateway-metrics.js';
import { liveNeedles } from './live-needles.js';
import { LiveRequests } from './live-requests.js';
import { secretNeedles } from './mask-secrets.js';
import { createObservers } from './observers.js';
import { projectTables } from './project-table.js';
import { createRoutingModules } from './routing-modules.js';
import { createUpstreams, providerKeys, upstreamSecrets } from './upstreams.js';

const noDecisions: GatewayContext['decisions'] = { record() {}, recent: () => Promise.resolve([]) };
/** What the gateway is built from, and who is told when something was taken of a limit. */
export type ContextDeps = GatewayDeps & { readonly onSpent: () => void };

const noSecrets = { add() {}, remove() {} };

/** What a provider is made with. */
export const providerDeps = ({ clock, logger, random, env }: GatewayDeps, config: Config): ProviderDeps => ({
  clock,
  logger,
  random,
  egress: { ...config.egress, env },
  capabilities: config.capabilities ?? [],
  ...(config.webSearch === undefined ? {} : { webSearch: config.webSearch }),
});

/** What all providers may be made with: when that has changed, none is kept. Everything but what is certainly no matter of theirs. */
function besideProviders({
  server: _s,
  logging: _l,
  providers: _p,
  models: _m,
  routes: _r,
  profiles: _f,
  plugins,
  ...rest
}: Config): object {
  return { ...rest, plugins: { ...plugins, routing: undefined } };
}

function upstreamsOf(deps: ContextDeps, config: Config, previous: GatewayContext | undefined, metrics: () => GatewayContext['metrics']) {
  const { clock, logger, secrets = noSecrets, onSpent } = deps;
  const io = systemSourceIo(deps.env);
  const sourceOf = (each: ProviderConfig) => createCredentialSource(each, { clock, logger, io, secrets });
  const made = providerDeps(deps, config);
  const make = deps.createProvider ?? ((each, source) => createProvider(each, { ...made, source }));
  const alike = previous !== undefined && isDeepStrictEqual(besideProviders(previous.config), besideProviders(config));
  const kept = alike ? previous.upstreams : undefined;
  return createUpstreams(config, { clock, logger, make, sourceOf, metrics, onSpent }, kept);
}

/** The limits of callers; those of before keep what is taken of them, also where they are others now. */
function callersOf({ clock, onSpent }: ContextDeps, { server: { limits } }: Config, previous?: GatewayContext): CallerLimits | undefined {
  if (isDeepStrictEqual(previous?.config.server.limits, limits) && previous !== undefined) return previous.callers;
  const callers = limits && new CallerLimits(limits, () => clock.monotonic(), onSpent);
  for (const taken of previous?.callers?.taken() ?? []) callers?.takeAgain(taken, 0);
  return callers;
}

/**
 * Prepares the pipeline for a configuration. After `previous`, it takes over what is remembered of conversations and callers, and every
 * provider and module whose configuration is the same, with its connections, token and circuit.
 */
export function createContext(deps: ContextDeps, config: Config, previous?: GatewayContext): GatewayContext {
  const { clock, logger, ledger, accessLog, calibration, localSecrets = () => [] } = deps;
  const upstreams = upstreamsOf(deps, config, previous, () => context.metrics);
  const fetched = [...upstreams.values()].flatMap(({ source }) => (source.renewable ? [source] : []));
  const live = fetched.length === 0 ? localSecrets : () => [...localSecrets(), ...fetched.flatMap((source) => source.secrets())];
  const zone = Intl.DateTimeFormat().resolvedOptions().timeZone;
  const table = compileRoutes(config, { zone });
  for (const problem of table.problems) logger.warn({ problem }, 'a rule never fires');
  const { authKey, headHold } = config.server;
  const retry = config.retry ?? defaultRetry;
  const modules = [...table.modules.values()];
  const sameModules = previous !== undefined && isDeepStrictEqual([...previous.table.modules.values()], modules);
  const observers = Object.values(config.plugins?.observers ?? {});
  const sameObservers = previous !== undefined && isDeepStrictEqual(Object.values(previous.config.plugins?.observers ?? {}), observers);
  const context: GatewayContext = {
    config,
    clock,
    logger,
    ledger,
    accessLog,
    calibration,
    providers: new Map([...upstreams].map(([name, { first }]) => [name, first])),
    upstreams,
    retry,
    callers: callersOf(deps, config, previous),
    random: deps.random,
    keysOf: (name) => secretNeedles(upstreamSecrets(upstreams.get(name))),
    table,
    tableOf: projectTables(config, table),
    givers: {
      counter: previous?.givers.counter ?? createExactCounter({ clock }),
      modules: sameModules ? previous.givers.modules : createRoutingModules({ modules, clock, logger }),
      conversations: previous?.givers.conversations ?? new Conversations({ clock }),
      calibration,
    },
    observers: sameObservers ? previous.observers : createObservers({ observers, clock, logger }),
    decisions: deps.decisions ?? noDecisions,
    live: new LiveRequests(),
    inFlight: retry.join ? (previous?.inFlight ?? new InFlightTable()) : undefined,
    headHold,
    needles: liveNeedles([authKey, ...Object.values(config.providers).flatMap(providerKeys)], live),
    metrics: previous?.metrics ?? noMetrics,
  };
  return context;
}
