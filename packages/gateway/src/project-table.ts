import type { Config } from '@ccproxy/config';
import type { ServedProject } from '@ccproxy/projects';
import { compileRoutes, type RouteTable } from '@ccproxy/router';

/**
 * Gives the table of a project: its own rules, then those of the profile it selects, which also names the target when none fires. Made once
 * per stored copy, and gone with it.
 */
export function projectTables(config: Config, table: RouteTable): (project: ServedProject | undefined) => RouteTable {
  const tables = new WeakMap<ServedProject, RouteTable>();
  return (project) => {
    if (project === undefined) return table;
    const present = tables.get(project);
    if (present !== undefined) return present;
    const made = makeTable(config, project);
    tables.set(project, made);
    return made;
  };
}

function makeTable(config: Config, { config: { profile: name, routes } }: ServedProject): RouteTable {
  const profile = name === undefined ? undefined : config.profiles[name];
  const table = compileRoutes({ ...config, routes: [...routes, ...(profile?.routes ?? config.routes)] });
  const otherwise = profile === undefined ? table.main.otherwise : table.profiles.get(profile.name)?.otherwise;
  return { ...table, main: { ...table.main, otherwise } };
}
