import { defaultRetry } from '@ccproxy/config';
import type { DaemonModule } from '@ccproxy/http';
import { bindMethod, decisionsRecent, ledgerRecent } from '@ccproxy/ipc';
import { Roster } from '@ccproxy/kernel';
import type { ProjectDirectory } from '@ccproxy/projects';
import { createProvider, type ProviderDeps } from '@ccproxy/providers';
import { CallerLimits, InFlightTable } from '@ccproxy/resilience';
import { compileRoutes } from '@ccproxy/router';
import { createExactCounter } from '@ccproxy/tokens';
import type { FastifyPluginAsync } from 'fastify';
import { Conversations } from './conversations.js';
import type { GatewayContext } from './gateway-context.js';
import type { GatewayDeps } from './gateway-deps.js';
import { gatewayMetrics, noMetrics } from './gateway-metrics.js';
import { gatewayRoutes } from './gateway-routes.js';
import { secretNeedles } from './mask-secrets.js';
import { probeBinding } from './probe-binding.js';
import { projectScope } from './project-scope.js';
import { projectTables } from './project-table.js';
import { createRoutingModules } from './routing-modules.js';
import { createUpstreams, providerKeys, upstreamHealth } from './upstreams.js';

const noDecisions: GatewayContext['decisions'] = { record() {}, recent: () => Promise.resolve([]) };

/** The fixed needles and those of a list that changes now and then: made anew only when it does. */
function withLocalSecrets(fixed: readonly Buffer[], localSecrets: () => readonly string[]): () => readonly Buffer[] {
  let list: readonly string[] = [];
  let needles = fixed;
  return () => {
    const current = localSecrets();
    if (current.length !== list.length || current.some((secret, index) => secret !== list[index])) {
      list = current;
      needles = [...fixed, ...secretNeedles(current)];
    }
    return needles;
  };
}

/** What a provider is made with. */
const providerDeps = ({ clock, logger, random, config, env }: GatewayDeps): ProviderDeps => ({
  clock,
  logger,
  random,
  egress: { ...config.egress, env },
  capabilities: config.capabilities ?? [],
});

function createContext(deps: GatewayDeps): GatewayContext {
  const { config, clock, logger, ledger, accessLog, calibration } = deps;
  const make = deps.createProvider ?? ((each) => createProvider(each, providerDeps(deps)));
  const upstreams = createUpstreams(config, { clock, logger, make, metrics: () => context.metrics });
  const all = Object.values(config.providers);
  const keys = new Map(all.map((each) => [each.name, secretNeedles(providerKeys(each))]));
  const fixed = secretNeedles([config.server.authKey, ...all.flatMap(providerKeys)]);
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
    keys,
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
    needles: deps.localSecrets === undefined ? () => fixed : withLocalSecrets(fixed, deps.localSecrets),
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
    configSections: ['providers', 'models', 'routes', 'profiles', 'egress', 'retry', 'capabilities', 'plugins'],
    routes: allRoutes(context, deps.projects),
    ipcMethods: [
      probeBinding(deps.config, providerDeps(deps)),
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
    start: () => context.givers.modules.start(),
    async drain(deadline) {
      await settle(context, deadline);
      const { counter, modules, conversations } = context.givers;
      conversations.stop();
      await Promise.all([counter.close(), modules.close()]);
      await Promise.all([...context.upstreams.values()].flatMap(({ providers }) => providers.map((provider) => provider.close())));
    },
  };
}
