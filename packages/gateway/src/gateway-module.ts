import { defaultRetry, type ProviderConfig } from '@ccproxy/config';
import type { DaemonModule } from '@ccproxy/http';
import { bindMethod, decisionsRecent, ledgerRecent } from '@ccproxy/ipc';
import { Roster } from '@ccproxy/kernel';
import type { ProjectDirectory } from '@ccproxy/projects';
import { createCredentialSource, createProvider, type ProviderDeps, systemSourceIo } from '@ccproxy/providers';
import { CallerLimits, InFlightTable } from '@ccproxy/resilience';
import { compileRoutes } from '@ccproxy/router';
import { createExactCounter } from '@ccproxy/tokens';
import type { FastifyPluginAsync } from 'fastify';
import { Conversations } from './conversations.js';
import type { GatewayContext } from './gateway-context.js';
import type { GatewayDeps } from './gateway-deps.js';
import { gatewayMetrics, noMetrics } from './gateway-metrics.js';
import { gatewayRoutes } from './gateway-routes.js';
import { liveNeedles } from './live-needles.js';
import { secretNeedles } from './mask-secrets.js';
import { probeBinding } from './probe-binding.js';
import { projectScope } from './project-scope.js';
import { projectTables } from './project-table.js';
import { createRoutingModules } from './routing-modules.js';
import { closeUpstream, createUpstreams, providerKeys, startUpstreams, upstreamHealth, upstreamSecrets } from './upstreams.js';

const noDecisions: GatewayContext['decisions'] = { record() {}, recent: () => Promise.resolve([]) };

/** What a provider is made with. */
const providerDeps = ({ clock, logger, random, config, env }: GatewayDeps): ProviderDeps => ({
  clock,
  logger,
  random,
  egress: { ...config.egress, env },
  capabilities: config.capabilities ?? [],
  ...(config.webSearch === undefined ? {} : { webSearch: config.webSearch }),
});

const noSecrets = { add() {}, remove() {} };

function createContext(deps: GatewayDeps): GatewayContext {
  const { config, clock, logger, ledger, accessLog, calibration, localSecrets = () => [], secrets = noSecrets } = deps;
  const io = systemSourceIo(deps.env);
  const sourceOf = (each: ProviderConfig) => createCredentialSource(each, { clock, logger, io, secrets });
  const make = deps.createProvider ?? ((each, source) => createProvider(each, { ...providerDeps(deps), source }));
  const upstreams = createUpstreams(config, { clock, logger, make, sourceOf, metrics: () => context.metrics });
  const all = Object.values(config.providers);
  const fetched = [...upstreams.values()].flatMap(({ source }) => (source.renewable ? [source] : []));
  const live = fetched.length === 0 ? localSecrets : () => [...localSecrets(), ...fetched.flatMap((source) => source.secrets())];
  const zone = Intl.DateTimeFormat().resolvedOptions().timeZone;
  const table = compileRoutes(config, { zone });
  for (const problem of table.problems) logger.warn({ problem }, 'a rule never fires');
  const { limits } = config.server;
  const context: GatewayContext = {
    clock,
    logger,
    ledger,
    accessLog,
    calibration,
    providers: new Map([...upstreams].map(([name, { first }]) => [name, first])),
    upstreams,
    retry: config.retry ?? defaultRetry,
    callers: limits === undefined ? undefined : new CallerLimits(limits, () => clock.monotonic()),
    random: deps.random,
    keysOf: (name) => secretNeedles(upstreamSecrets(upstreams.get(name))),
    table,
    tableOf: projectTables(config, table),
    givers: {
      counter: createExactCounter({ clock }),
      modules: createRoutingModules({ modules: [...table.modules.values()], clock, logger }),
      conversations: new Conversations({ clock }),
      calibration,
    },
    decisions: deps.decisions ?? noDecisions,
    live: new Roster(),
    inFlight: (config.retry ?? defaultRetry).join ? new InFlightTable() : undefined,
    headHold: config.server.headHold,
    needles: liveNeedles([config.server.authKey, ...all.flatMap(providerKeys)], live),
    metrics: noMetrics,
  };
  return context;
}

/** Resolves when nothing is live any more, or ends what is left when the time is up. */
async function settle(context: GatewayContext, deadline: AbortSignal): Promise<void> {
  while (context.live.size > 0 && !deadline.aborted) {
    await new Promise<void>((resolve) => {
      const timer = context.clock.setTimeout(resolve, 25);
      const stop = (): void => {
        timer.clear();
        resolve();
      };
      deadline.addEventListener('abort', stop, { once: true });
    });
  }
  for (const exchange of context.live.members()) exchange.stop();
}

/** The routes, and the same for each project below its id. */
function allRoutes(context: GatewayContext, projects: ProjectDirectory | undefined): FastifyPluginAsync {
  const routes = gatewayRoutes(context);
  return async (app) => {
    await app.register(routes);
    if (projects !== undefined) await app.register(projectScope(projects, routes));
  };
}

/**
 * The Messages gateway as a capability of the daemon: routes, IPC methods `ledger.recent` and `decisions.recent`, metrics, health, drain.
 * A rule that cannot be compiled is logged and never fires.
 */
export function createGatewayModule(deps: GatewayDeps): DaemonModule {
  const context = createContext(deps);
  return {
    name: 'gateway',
    configSections: ['providers', 'models', 'routes', 'profiles', 'egress', 'retry', 'capabilities', 'webSearch', 'plugins'],
    routes: allRoutes(context, deps.projects),
    ipcMethods: [
      probeBinding(
        () => context.upstreams,
        () => providerDeps(deps),
      ),
      bindMethod(ledgerRecent, async ({ limit }) => ({ rows: (await context.ledger.recent(limit)).map((row) => ({ ...row })) })),
      bindMethod(decisionsRecent, async ({ limit, until }) => ({
        decisions: (await context.decisions.recent(limit, until)).map((record) => ({ ...record })),
      })),
    ],
    metrics(metrics) {
      context.metrics = gatewayMetrics(metrics, () => context.live.size);
      for (const provider of context.upstreams.keys()) context.metrics.circuit.set(0, { provider });
    },
    health: () => ({
      active: context.live.size,
      providers: [...context.upstreams.values()].map(upstreamHealth),
      targets: [...context.table.targets.values()].map(({ name, provider, model }) => ({ name, provider, model: model ?? null })),
      modules: context.givers.modules.health(),
      ledger: context.ledger.totals(),
    }),
    async start() {
      await Promise.all([context.givers.modules.start(), startUpstreams([...context.upstreams.values()])]);
    },
    async drain(deadline) {
      await settle(context, deadline);
      const { counter, modules, conversations } = context.givers;
      conversations.stop();
      await Promise.all([counter.close(), modules.close()]);
      await Promise.all([...context.upstreams.values()].map(closeUpstream));
    },
  };
}
