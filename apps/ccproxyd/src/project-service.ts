import { analyzeProject } from '@ccproxy/config';
import { type DaemonModule, type TokenRegistry } from '@ccproxy/http';
import { bindMethod, projectsReload } from '@ccproxy/ipc';
import { CcproxyError, type Clock } from '@ccproxy/kernel';
import { nowhere, openProjects, type OpenProjects, projectPlaces, publishProject, type ShellAddress } from '@ccproxy/projects';
import type { DaemonState } from './open-state.js';
import { sessionCapabilities } from './session-capabilities.js';

/** The allowed projects in this daemon: what the gateway serves, and what shells read of it. */
export interface ProjectService {
  readonly projects: OpenProjects;
  readonly module: DaemonModule;
  /** Tokens of projects, which must not leave in a request body. */
  secrets(): readonly string[];
  /** Shells find the gateway there from now on. */
  publish(address: ShellAddress): Promise<void>;
  /** Shells drop the gateway at their next prompt, unless another daemon has taken over. */
  retract(): Promise<void>;
}

/** Opens the projects of an installation; what shells read is repaired when the daemon is ready, and after each change. */
export function createProjectService(state: DaemonState, parts: { readonly tokens: TokenRegistry; readonly clock: Clock }): ProjectService {
  const { paths, loaded, log, redactor } = state;
  const { logger } = log;
  let { config } = loaded;
  const places = projectPlaces(paths, parts.clock);
  const secrets = new Map<string, string>();
  const projects = openProjects({
    places,
    selectable: {
      get providers() {
        return config.providers;
      },
      get models() {
        return config.models;
      },
      get profiles() {
        return config.profiles;
      },
    },
    tokens: {
      add(id, token) {
        secrets.set(id, token);
        redactor.add(token);
        parts.tokens.add({ id: `project_${id}`, token, principal: { kind: 'gateway', id: `project_${id}` } });
      },
      revoke(id) {
        parts.tokens.revoke(`project_${id}`);
        redactor.remove(secrets.get(id) ?? '');
        secrets.delete(id);
      },
    },
    clock: parts.clock,
    logger,
  });
  const profileOf = (bytes: Buffer): string | undefined => analyzeProject(bytes.toString('utf8'), '', config).project?.profile;
  const repair = async (): Promise<boolean> => {
    let changed = false;
    for (const record of projects.records()) {
      try {
        changed = (await publishProject(places, record, { features: sessionCapabilities(config), profileOf })) || changed;
      } catch (error) {
        if (!CcproxyError.isInstance(error)) throw error;
        logger.warn({ err: error, project: record.id }, 'the shells cannot be told of a project');
      }
    }
    return changed;
  };
  const module: DaemonModule = {
    name: 'projects',
    start: () => projects.reload(),
    // What a project selects is looked up in the new configuration; until it was, its rules lead nowhere that does not exist.
    reload: (next) =>
      Promise.resolve({
        discard() {},
        async apply() {
          config = next;
          await projects.reload({ anew: true });
          if (await repair()) await places.epoch.bump((address) => address);
        },
      }),
    health: () => ({ projects: projects.records().length }),
    ipcMethods: [
      bindMethod(projectsReload, async () => {
        await projects.reload();
        if (await repair()) await places.epoch.bump((address) => address);
        return { projects: projects.records().length };
      }),
    ],
  };
  return {
    projects,
    module,
    secrets: () => [...secrets.values()],
    async publish(address) {
      await repair();
      await places.epoch.bump(() => address);
    },
    async retract() {
      await places.epoch.bump((present) => (present.pid === process.pid ? nowhere : undefined));
    },
  };
}
