import { CcproxyError } from '@ccproxy/kernel';
import type { ProjectDirectory } from '@ccproxy/projects';
import type { LeaseRegistry } from './lease-registry.js';
import { processPeer, type ProcessWatch } from './process-watch.js';
import type { SessionRecord, SessionRegistry } from './session-registry.js';

/**
 * Makes leases again of the sessions of an earlier daemon that are held by a process; the others are when their client is back. Until then
 * each ends with its process, so that no token outlives a client that never came.
 */
export async function restoreLeases(parts: {
  readonly living: readonly SessionRecord[];
  readonly sessions: SessionRegistry;
  readonly leases: LeaseRegistry;
  readonly processes: ProcessWatch;
  readonly projects: ProjectDirectory;
}): Promise<void> {
  const { living, sessions, leases, processes, projects } = parts;
  for (const { id, client, owner, heldBy, project } of living) {
    const peer = processPeer(owner, client, processes);
    sessions.resume(peer, id);
    if (heldBy !== 'process') continue;
    leases.open(peer, { client, pid: owner.pid, project: project === null ? undefined : await pathOf(projects, project) });
  }
}

/** Where a project lies, for `status`; one that is gone meanwhile is none. */
export async function pathOf(projects: ProjectDirectory, id: string | undefined): Promise<string | undefined> {
  if (id === undefined) return undefined;
  try {
    return (await projects.find(id)).path;
  } catch (error) {
    if (CcproxyError.isInstance(error)) return undefined;
    throw error;
  }
}
