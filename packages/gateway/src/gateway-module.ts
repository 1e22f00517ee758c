import type { DaemonModule } from '@ccproxy/http';
import { bindMethod, decisionsRecent, ledgerRecent } from '@ccproxy/ipc';
import type { Clock } from '@ccproxy/kernel';
import type { ProjectDirectory } from '@ccproxy/projects';
import { type Allowances, createLimitKeeper, type LimitKeeper } from '@ccproxy/resilience';
import type { FastifyPluginAsync } from 'fastify';
import { createContext, providerDeps } from './create-context.js';
import type { GatewayContext } from './gateway-context.js';
import type { GatewayDeps } from './gateway-deps.js';
import { gatewayMetrics } from './gateway-metrics.js';
import { gatewayRoutes } from './gateway-routes.js';
import { Generations } from './generations.js';
import { probeBinding } from './probe-binding.js';
import { projectScope } from './project-scope.js';
import { startUpstreams, upstreamHealth } from './upstreams.js';

/** Resolves when nothing is live any more, or ends what is left when the time is up. */
async function settle(generations: Generations, clock: Clock, deadline: AbortSignal): Promise<void> {
  while (generations.live > 0 && !deadline.aborted) {
    await new Promise<void>((resolve) => {
      const timer = clock.setTimeout(resolve, 25);
      const stop = (): void => {
        timer.clear();
        resolve();
      };
      deadline.addEventListener('abort', stop, { once: true });
    });
  }
  for (const exchange of generations.members()) exchange.stop();
}

/** The routes, and the same for each project below its id. */
function allRoutes(context: () => GatewayContext, projects: ProjectDirectory | undefined): FastifyPluginAsync {
  const routes = gatewayRoutes(context);
  return async (app) => {
    await app.register(routes);
    if (projects !== undefined) await app.register(projectScope(projects, routes));
  };
}

const initCircuits = ({ metrics, upstreams }: GatewayContext): void => {
  for (const [provider, { line }] of upstreams) if (line.report().circuit === 'closed') metrics.circuit.set(0, { provider });
};

/** Every allowance of callers and of keys, by a name the next process knows it by. */
const allowancesOf = ({ callers, upstreams }: GatewayContext): ReadonlyMap<string, Allowances> =>
  new Map<string, Allowances>([
    ...(callers === undefined ? [] : [['callers', callers] as const]),
    ...[...upstreams].map(([name, { line }]) => [`provider ${name}`, line] as const),
  ]);

function limitKeeper({ limits, clock, logger }: GatewayDeps, context: () => GatewayContext): LimitKeeper | undefined {
  if (limits === undefined) return undefined;
  const successionMs = (): number => context().config.server.drainTimeout + 5000;
  return createLimitKeeper({ store: limits, clock, logger, owners: () => allowancesOf(context()), successionMs });
}

/**
 * The Messages gateway as a capability of the daemon: routes, IPC methods `ledger.recent` and `decisions.recent`, metrics, health, reload,
 * drain. A rule that cannot be compiled is logged and never fires.
 */
export function createGatewayModule(deps: GatewayDeps): DaemonModule {
  const { clock, logger, ledger } = deps;
  const keeper = limitKeeper(deps, () => current());
  const contextDeps = { ...deps, onSpent: () => keeper?.spent() };
  const first = createContext(contextDeps, deps.config);
  const generations = new Generations(first, logger, (config, previous) => createContext(contextDeps, config, previous));
  const current = (): GatewayContext => generations.current;
  return {
    name: 'gateway',
    configSections: ['providers', 'models', 'routes', 'profiles', 'egress', 'retry', 'capabilities', 'webSearch', 'plugins'],
    routes: allRoutes(current, deps.projects),
    ipcMethods: [
      probeBinding(
        () => current().upstreams,
        () => providerDeps(deps, current().config),
      ),
      bindMethod(ledgerRecent, async ({ limit }) => ({ rows: (await ledger.recent(limit)).map((row) => ({ ...row })) })),
      bindMethod(decisionsRecent, async ({ limit, until }) => ({
        decisions: (await first.decisions.recent(limit, until)).map((record) => ({ ...record })),
      })),
    ],
    metrics(metrics) {
      first.metrics = gatewayMetrics(metrics, () => generations.live);
      initCircuits(first);
    },
    health() {
      const { upstreams, table, givers, observers } = current();
      return {
        active: generations.live,
        providers: [...upstreams.values()].map(upstreamHealth),
        targets: [...table.targets.values()].map(({ name, provider, model }) => ({ name, provider, model: model ?? null })),
        modules: givers.modules.health(),
        observers: observers.health(),
        ledger: ledger.totals(),
      };
    },
    async start() {
      await Promise.all([first.givers.modules.start(), first.observers.start(), startUpstreams([...first.upstreams.values()])]);
    },
    ...(keeper === undefined ? {} : { resume: (predecessor) => keeper.resume(predecessor), handOver: () => keeper.handOver() }),
    async reload(config) {
      const prepared = await generations.prepare(config);
      return {
        discard: () => prepared.discard(),
        apply() {
          const gone = prepared.apply();
          initCircuits(current());
          return gone;
        },
      };
    },
    async drain(deadline) {
      await settle(generations, clock, deadline);
      await keeper?.stop();
      const { counter, conversations } = current().givers;
      conversations.stop();
      await Promise.all([counter.close(), generations.close()]);
    },
  };
}
