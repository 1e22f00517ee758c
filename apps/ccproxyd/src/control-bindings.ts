import { redactedYaml } from '@ccproxy/config';
import {
  bindMethod,
  bindStream,
  configActive,
  configCompare,
  configReload,
  type DaemonStatus,
  daemonRestart,
  daemonStatus,
  daemonStop,
  type IpcBinding,
  type IpcPeer,
  leaseOpen,
  logsFollow,
  sessionOpen,
  sessionResume,
} from '@ccproxy/ipc';
import { readProcessIdentity } from '@ccproxy/kernel';
import type { ProjectDirectory, ServedProject } from '@ccproxy/projects';
import type { LogSink } from '@ccproxy/telemetry';
import type { SuccessorRequest } from './daemon-context.js';
import type { ConfigReload, ReloadOutcome } from './config-reload.js';
import { errors } from './errors.js';
import type { LeaseRegistry } from './lease-registry.js';
import { processPeer, type ProcessWatch } from './process-watch.js';
import { pathOf } from './restore-sessions.js';
import { sessionCapabilities } from './session-capabilities.js';
import type { SessionRegistry } from './session-registry.js';

/** What the control channel reaches of the daemon. */
export interface ControlTargets {
  readonly configuration: Pick<ConfigReload, 'loaded' | 'reload' | 'compare'>;
  readonly leases: LeaseRegistry;
  readonly sessions: SessionRegistry;
  readonly processes: ProcessWatch;
  readonly projects: ProjectDirectory;
  readonly log: LogSink;
  readonly status: () => DaemonStatus;
  /** Begins to drain and returns at once. */
  readonly stop: (drainTimeoutMs: number) => void;
  /** Resolves with the pid of the successor once it serves. */
  readonly restart: (request: Omit<SuccessorRequest, 'pinned' | 'auto'>) => Promise<number>;
}

/** The methods of the daemon itself; modules bring their own. */
export function controlBindings(targets: ControlTargets): readonly IpcBinding[] {
  const { configuration, leases, sessions, processes, projects, log, status } = targets;
  const address = () => {
    const { url, gatewaySocket } = status();
    return { url, gatewaySocket, capabilities: sessionCapabilities(configuration.loaded.config) };
  };
  return [
    bindMethod(daemonStatus, async () => status()),
    bindMethod(daemonStop, async ({ drainTimeoutMs = configuration.loaded.config.server.drainTimeout }) => {
      targets.stop(drainTimeoutMs);
      return { pid: process.pid, drainTimeoutMs };
    }),
    bindMethod(daemonRestart, async ({ argv, env }) => ({ oldPid: process.pid, newPid: await targets.restart({ argv, env }) })),
    bindMethod(leaseOpen, async ({ project, ...request }, peer) => {
      const path = await pathOf(projects, project);
      return { id: leases.open(peer, { ...request, project: path }).id, leases: leases.list().length };
    }),
    bindMethod(sessionOpen, async ({ project: id, ...request }, connection) => {
      const project = id === undefined ? undefined : await projects.find(id);
      const peer = request.heldBy === 'process' ? heldByProcess(request, processes) : connection;
      leases.open(peer, { client: request.client, pid: request.pid, project: project?.path });
      return {
        ...(await sessions.open(peer, { ...request, project: project?.id })),
        ...address(),
        project: project === undefined ? null : selection(project),
      };
    }),
    bindMethod(sessionResume, async ({ id, project, ...request }, peer) => {
      const known = sessions.resume(peer, id);
      if (known) leases.open(peer, { ...request, project: await pathOf(projects, project) });
      return { known };
    }),
    bindMethod(configActive, async () => ({ file: configuration.loaded.file, yaml: redactedYaml(configuration.loaded) })),
    bindMethod(configReload, async () => told(await configuration.reload())),
    bindMethod(configCompare, async ({ file }) => told(await configuration.compare(file))),
    bindStream(logsFollow, (_input, _peer, send, signal) => followLog(log, send, signal)),
  ];
}

/** @throws CCP_DAEMON_NO_PROCESS when there is no such process */
function heldByProcess({ pid, client }: { readonly pid: number; readonly client: string }, processes: ProcessWatch): IpcPeer {
  const identity = readProcessIdentity(pid);
  if (identity === undefined) throw errors.CCP_DAEMON_NO_PROCESS({ message: `There is no process ${pid} that could hold a session.` });
  return processPeer(identity, client, processes);
}

const told = ({ file, changes }: ReloadOutcome) => ({ file, changes: changes.map((change) => ({ ...change })) });

/** What a client has to know of a project besides its id. */
const selection = ({ id, config }: ServedProject) => ({
  id,
  profile: config.profile ?? null,
  outputLimit: config.limits.output ?? null,
});

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
