import type { ProjectConfig, Target } from '@ccproxy/config';
import { type CompileRoutesOptions, compileRoutes, type RouteTable, type RoutingConfig } from './compile-routes.js';

type Limits = Partial<Target['limits']> | undefined;

const tightest = (key: keyof Target['limits'], limits: readonly Limits[]): number | undefined => {
  const given = limits.flatMap((each) => each?.[key] ?? []);
  return given.length === 0 ? undefined : Math.min(...given);
};

function tighten(target: Target, bounds: Limits): Target {
  const all = [target.limits, bounds];
  return { ...target, limits: { context: tightest('context', all), output: tightest('output', all) } };
}

/**
 * The table of one project: its own rules, then those of the profile it selects (else the main ones), then the profile's default; every
 * target's limits as tight as the tightest of target, profile and project. Everything it can lead to is defined by `config`. Pure, never
 * throws; a profile that does not exist (any more) is a problem of the table, and the main rules take its place.
 */
export function projectTable(config: RoutingConfig, project: ProjectConfig, options: CompileRoutesOptions = {}): RouteTable {
  const { profile: name } = project;
  const profile = name !== undefined && Object.hasOwn(config.profiles, name) ? config.profiles[name] : undefined;
  const limits = [profile?.limits, project.limits];
  const bounds = { context: tightest('context', limits), output: tightest('output', limits) };
  const models = Object.fromEntries(Object.entries(config.models).map(([key, target]) => [key, tighten(target, bounds)]));
  const routes = [...project.routes, ...(profile?.routes ?? config.routes)];
  const otherwise = profile?.default ?? 'default';
  // The main list of a table falls through to `default`; a project falls through to what its profile says.
  const table = compileRoutes(
    { ...config, models, routes: [], profiles: { project: { name: 'project', default: otherwise, routes } } },
    options,
  );
  const main = table.profiles.get('project') ?? table.main;
  const unknown = name !== undefined && profile === undefined ? [`There is no profile "${name}": the main rules take its place.`] : [];
  return { ...table, main, bounds, profiles: new Map(), problems: [...unknown, ...table.problems] };
}
