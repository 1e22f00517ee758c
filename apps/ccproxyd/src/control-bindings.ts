import { type LoadedConfig, redactedYaml } from '@ccproxy/config';
import {
  bindMethod,
  bindStream,
  configActive,
  type DaemonStatus,
  daemonRestart,
  daemonStatus,
  daemonStop,
  type IpcBinding,
  leaseOpen,
  logsFollow,
  sessionOpen,
  sessionResume,
} from '@ccproxy/ipc';
import type { LogSink } from '@ccproxy/telemetry';
import type { SuccessorRequest } from './daemon-context.js';
import type { LeaseRegistry } from './lease-registry.js';
import { sessionCapabilities } from './session-capabilities.js';
import type { SessionRegistry } from './session-registry.js';

/** What the control channel reaches of the daemon. */
export interface ControlTargets {
  readonly loaded: LoadedConfig;
  readonly leases: LeaseRegistry;
  readonly sessions: SessionRegistry;
  readonly log: LogSink;
  readonly status: () => DaemonStatus;
  /** Begins to drain and returns at once. */
  readonly stop: (drainTimeoutMs: number) => void;
  /** Resolves with the pid of the successor once it serves. */
  readonly restart: (request: Omit<SuccessorRequest, 'pinned'>) => Promise<number>;
}

/** The methods of the daemon itself; modules bring their own. */
export function controlBindings(targets: ControlTargets): readonly IpcBinding[] {
  const { loaded, leases, sessions, log, status } = targets;
  const address = () => {
    const { url, gatewaySocket } = status();
    return { url, gatewaySocket, capabilities: sessionCapabilities(loaded.config) };
  };
  return [
    bindMethod(daemonStatus, async () => status()),
    bindMethod(daemonStop, async ({ drainTimeoutMs = loaded.config.server.drainTimeout }) => {
      targets.stop(drainTimeoutMs);
      return { pid: process.pid, drainTimeoutMs };
    }),
    bindMethod(daemonRestart, async ({ argv, env }) => ({ oldPid: process.pid, newPid: await targets.restart({ argv, env }) })),
    bindMethod(leaseOpen, async (request, peer) => ({ id: leases.open(peer, request).id, leases: leases.list().length })),
    bindMethod(sessionOpen, async (request, peer) => {
      leases.open(peer, request);
      return { ...(await sessions.open(peer, request)), ...address() };
    }),
    bindMethod(sessionResume, async ({ id, ...request }, peer) => {
      const known = sessions.resume(peer, id);
      if (known) leases.open(peer, request);
      return { known };
    }),
    bindMethod(configActive, async () => ({ file: loaded.file, yaml: redactedYaml(loaded) })),
    bindStream(logsFollow, (_input, _peer, send, signal) => followLog(log, send, signal)),
  ];
}

/** Sends live lines until the reader goes away. */
function followLog(log: LogSink, send: (event: { line: string; dropped?: number }) => void, signal: AbortSignal): Promise<void> {
  return new Promise((resolve) => {
    const end = log.subscribe((line, dropped) => send(dropped === 0 ? { line } : { line, dropped }));
    signal.addEventListener('abort', () => {
      end();
      resolve();
    });
  });
}
