import type { AddressInfo } from 'node:net';
import type { DaemonModule, HttpServer } from '@ccproxy/http';
import { type DaemonStatus, IPC_PROTOCOL } from '@ccproxy/ipc';
import { daemonVersion } from './daemon-version.js';
import type { ConfigReload } from './config-reload.js';
import type { LeaseRegistry } from './lease-registry.js';
import { gatewayUrl } from './listen-gateway.js';
import type { DaemonState } from './open-state.js';
import { providerStatus } from './provider-status.js';

export interface StatusParts {
  readonly state: DaemonState;
  readonly configuration: Pick<ConfigReload, 'loaded' | 'state'>;
  readonly address: AddressInfo;
  readonly leases: LeaseRegistry;
  readonly server: HttpServer;
  readonly modules: readonly DaemonModule[];
  readonly isDraining: () => boolean;
  readonly auto: boolean;
  /** ms since the epoch */
  readonly startedAt: number;
}

/** Makes the function behind `daemon.status`: what the daemon is, without any I/O. */
export function createStatus(parts: StatusParts): () => DaemonStatus {
  const { state, configuration, address, leases, server, modules } = parts;
  const { paths, log } = state;
  return () => {
    const { loaded } = configuration;
    const { config } = loaded;
    const health = Object.fromEntries(modules.map((module) => [module.name, module.health?.() ?? {}]));
    return {
      pid: process.pid,
      version: daemonVersion,
      protocol: IPC_PROTOCOL,
      startTime: parts.startedAt,
      url: gatewayUrl(config.server.host, address.port),
      host: config.server.host,
      port: address.port,
      gatewaySocket: paths.gatewaySocket,
      configFile: loaded.file,
      configState: { ...configuration.state, restart: [...configuration.state.restart] },
      variables: { ...loaded.variables },
      variablesSalt: loaded.variablesSalt,
      logFile: log.sink.file ?? paths.logFile,
      node: process.versions.node,
      pinned: leases.pinned(),
      autoStop: parts.auto && !leases.pinned(),
      draining: parts.isDraining(),
      activeRequests: server.activeRequests(),
      leases: [...leases.list()],
      providers: providerStatus(config, health),
      targets: Object.values(config.models).map(({ name, provider, model }) => ({ name, provider, model: model ?? null })),
      health,
    };
  };
}
