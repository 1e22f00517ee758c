import type { Config } from '@ccproxy/config';
import type { ServedProject } from '@ccproxy/projects';
import { projectTable, type RouteTable } from '@ccproxy/router';

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
    const made = projectTable(config, project.config, { zone: table.zone });
    tables.set(project, made);
    return made;
  };
}
