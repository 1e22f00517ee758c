import type { AddressInfo } from 'node:net';
import type { LoadedConfig } from '@ccproxy/config';
import { createHttpServer, createTokenRegistry, type DaemonModule, type HttpServer, mintToken } from '@ccproxy/http';
import { createNodeIpcTransport, type DaemonStatus, serveIpc } from '@ccproxy/ipc';
import { type AppPaths, type FileLock, newId } from '@ccproxy/kernel';
import { createMetrics } from '@ccproxy/telemetry';
import { composeModules } from './compose-modules.js';
import { createConfiguration, reloadQuietly, watchConfiguration } from './configuration.js';
import { controlBindings } from './control-bindings.js';
import type { DaemonContext } from './daemon-context.js';
import type { DaemonOptions } from './daemon-options.js';
import { createStatus } from './daemon-status.js';
import { daemonVersion } from './daemon-version.js';
import { drainDaemon } from './drain-daemon.js';
import { errors } from './errors.js';
import { createRestart } from './create-restart.js';
import { createHeapRest, type HeapRest } from './heap-rest.js';
import { createIdleShutdown, type IdleShutdown } from './idle-shutdown.js';
import { createLeaseRegistry } from './lease-registry.js';
import { listenGateway } from './listen-gateway.js';
import { type DaemonState, openState } from './open-state.js';
import type { DaemonLog } from './open-log.js';
import { createProcessWatch } from './process-watch.js';
import { createProjectService } from './project-service.js';
import { refuseOtherAddress } from './refuse-other-address.js';
import { restoreLeases } from './restore-sessions.js';
import { createSessionRegistry } from './session-registry.js';
import { shellAddress } from './shell-address.js';
import { createStateFile } from './state-file.js';
import { takeOver } from './take-over.js';
import { sessionIdPrefix, watchRequests } from './watch-requests.js';

/** A daemon that serves. */
export interface Daemon {
  readonly loaded: LoadedConfig;
  readonly paths: AppPaths;
  readonly log: DaemonLog;
  status(): DaemonStatus;
  /** Reads the configuration anew; how that went is in the log and the status. */
  reload(): void;
  /** Refuses new requests, lets the open ones end for at most `timeoutMs` (`server.drainTimeout`), then cuts them and releases everything. Once. */
  drain(timeoutMs?: number): Promise<void>;
  /** Resolves when it has stopped, for whatever reason. */
  readonly stopped: Promise<void>;
}

/**
 * Starts everything and resolves when the daemon answers on HTTP and IPC. What was begun is undone when a later step fails.
 * @throws every coded error of configuration, state directory, store and sockets; CCP_DAEMON_RUNNING when one runs already
 */
export async function startDaemon(options: DaemonOptions, context: DaemonContext): Promise<Daemon> {
  const state = await openState(options, context);
  try {
    return await serve(options, context, state);
  } catch (error) {
    state.log.logger.error({ err: error }, 'start failed');
    await state.releases.release();
    throw error;
  }
}

async function serve(options: DaemonOptions, context: DaemonContext, state: DaemonState): Promise<Daemon> {
  const { clock } = context;
  const { paths, loaded, log, token, releases } = state;
  const { logger } = log;
  const { config } = loaded;
  const metrics = createMetrics();
  const tokens = createTokenRegistry();
  tokens.add({ id: 'admin', token, principal: { kind: 'admin' } });
  const sessions = createSessionRegistry({
    dir: paths.sessionsDir,
    tokens,
    logger,
    newId: () => newId(sessionIdPrefix),
    newToken: mintToken,
    redactor: state.redactor,
  });
  // Before the sockets listen: a request of such a session may be the first to come.
  const living = await sessions.restore();
  const service = createProjectService(state, { tokens, clock });
  let idle: IdleShutdown | undefined;
  let rest: HeapRest | undefined;
  const modules: readonly DaemonModule[] = [
    watchRequests({ onRequest: () => rest?.requested(), onOutside: () => idle?.outsideRequest() }),
    { name: 'configuration', health: () => ({ configuration: configuration.state }) },
    ...(await composeModules(state, context, service)),
  ];
  const configuration = createConfiguration(options, context, state, {
    modules: () => modules,
    isDraining: () => draining !== undefined,
    onApplied(applied) {
      logger.setLevel(applied.logging.level);
      stateFile.publish(status()).catch((error: unknown) => logger.warn({ err: error }, 'state file not written'));
    },
  });
  const server = await createHttpServer({ config, tokens, modules, metrics, logger, clock, version: daemonVersion });
  releases.defer('http server', () => server.close());
  for (const module of modules) await module.start?.();

  const resume = async (predecessor: boolean): Promise<void> => {
    await Promise.all(modules.map(async (module) => module.resume?.(predecessor)));
  };
  const { address, lock } = await listen(options, context, state, server, resume);
  await server.listenUnix(paths.gatewaySocket);
  const stateFile = createStateFile({ paths, logger });
  const leases = createLeaseRegistry({
    clock,
    pinned: options.pinned,
    newId: () => newId('lea'),
    onChange: (open) => {
      stateFile.refcount(open);
      idle?.leasesChanged();
    },
  });
  const processes = createProcessWatch({ clock });
  releases.defer('process watch', () => processes.end());
  await restoreLeases({ living, sessions, leases, processes, projects: service.projects });
  const status = createStatus({
    state,
    configuration,
    address,
    leases,
    server,
    modules,
    isDraining: () => draining !== undefined,
    auto: options.auto,
    startedAt: clock.now(),
  });

  let draining: Promise<void> | undefined;
  const stopping = Promise.withResolvers<void>();
  const drain = (timeoutMs = configuration.loaded.config.server.drainTimeout, succeeded = false): Promise<void> => {
    if (draining !== undefined) return draining;
    idle?.end();
    rest?.end();
    leases.refuse();
    const told = succeeded
      ? Promise.resolve()
      : service.retract().catch((error: unknown) => logger.warn({ err: error }, 'shells not told'));
    draining = told
      .then(() => drainDaemon({ timeoutMs, succeeded, server, modules, sessions, releases, logger }))
      .then(stopping.resolve, stopping.reject);
    return draining;
  };
  const restart = createRestart({
    state,
    context,
    lock,
    async leave() {
      const left = await Promise.all(modules.map(async (module) => module.handOver?.()));
      return () => {
        for (const takeBack of left) takeBack?.();
      };
    },
    server: server.servers.tcp,
    isPinned: () => leases.pinned(),
    auto: options.auto,
    isDraining: () => draining !== undefined,
    succeed: () => void drain(undefined, true),
  });

  const bindings = [
    ...controlBindings({
      configuration,
      leases,
      sessions,
      processes,
      projects: service.projects,
      log: log.sink,
      status,
      stop: (timeoutMs) => void drain(timeoutMs),
      restart,
    }),
    ...modules.flatMap((module) => module.ipcMethods ?? []),
  ];
  const ipc = await serveIpc({
    transport: createNodeIpcTransport(),
    path: paths.ipcSocket,
    token,
    bindings,
    version: daemonVersion,
    logger,
    clock,
    takeOver: options.takeover,
  });
  releases.defer('ipc server', () => ipc.close());
  await stateFile.publish(status());
  releases.defer('state file', () => stateFile.retract());
  await service
    .publish(shellAddress(address, process.pid))
    .catch((error: unknown) => logger.warn({ err: error }, 'shells cannot be told of this daemon'));
  const busy = (): boolean => server.activeRequests() > 0 || modules.some((each) => each.busy?.() === true);
  if (context.heap !== undefined) rest = createHeapRest({ clock, busy, ...context.heap });
  if (options.auto) {
    idle = createIdleShutdown({
      clock,
      logger,
      idleMs: config.server.idleShutdown,
      wanted: {
        leases: () => leases.list().length,
        pinned: () => leases.pinned(),
        busy,
        projects: () => service.projects.records().length,
      },
      stop: () => void drain(),
    });
  }
  const watched = await watchConfiguration(configuration, context, state);
  releases.defer('configuration watch', () => watched.end());
  logger.info(
    { url: status().url, configFile: loaded.file, sources: loaded.sources, version: daemonVersion, node: process.versions.node },
    'daemon ready',
  );
  for (const warning of loaded.warnings) logger.warn({ warning }, 'configuration warning');
  return {
    loaded,
    paths,
    log,
    status,
    reload: () => reloadQuietly(configuration),
    drain: (timeoutMs) => drain(timeoutMs),
    stopped: stopping.promise,
  };
}

/** Takes the port by the port rule, or the predecessor's listening socket together with the instance lock. */
async function listen(
  options: DaemonOptions,
  context: DaemonContext,
  state: DaemonState,
  server: HttpServer,
  resume: (predecessor: boolean) => Promise<void>,
): Promise<{ address: AddressInfo; lock: FileLock }> {
  const { paths, loaded, lock, lockFile, releases } = state;
  if (lock !== undefined) {
    await resume(false);
    return { address: await listenGateway(server, paths, loaded.config.server), lock };
  }
  if (context.channel === undefined)
    throw errors.CCP_DAEMON_TAKEOVER({ message: '--takeover is for a process started by `ccproxy restart`' });
  const taken = await takeOver(context.channel, lockFile, async (handle) => {
    refuseOtherAddress(handle, loaded.config.server);
    const resumed = resume(true);
    const attached = await server.listenTcp({ handle });
    await resumed;
    return attached;
  });
  releases.defer('instance lock', () => taken.lock.release());
  return { address: taken.attached, lock: taken.lock };
}
