import type { Config, ProviderConfig, RoutingModule, Target } from '@ccproxy/config';
import { compileRules, type RuleSet } from './compile-rules.js';

/** The parts of a configuration that routing reads. */
export type RoutingConfig = Pick<Config, 'providers' | 'models' | 'routes' | 'profiles' | 'plugins'>;

/** A configuration prepared for decisions; made once per load. */
export interface RouteTable {
  readonly targets: ReadonlyMap<string, Target>;
  readonly providers: ReadonlyMap<string, ProviderConfig>;
  /** Providers the configuration itself cannot use, with the reason. */
  readonly unavailable: ReadonlyMap<string, string>;
  readonly modules: ReadonlyMap<string, RoutingModule>;
  readonly main: RuleSet;
  readonly profiles: ReadonlyMap<string, RuleSet>;
  /** Stands in for a time without a zone. */
  readonly zone: string;
  /** What a request may have at most, whatever its target: of a project and its profile. */
  readonly bounds: Target['limits'];
  /** Rules that were set aside, as sentences. */
  readonly problems: readonly string[];
}

export interface CompileRoutesOptions {
  /** Time zone of rules that name none; UTC when absent. */
  readonly zone?: string;
}

const unbounded: Target['limits'] = { context: undefined, output: undefined };

const setAside = (set: RuleSet): string[] =>
  set.rules.flatMap((each) => (each.kind === 'broken' ? [`The rule ${each.rule.name} never fires: ${each.because}`] : []));

/** Prepares a validated configuration: conditions become functions, fallback chains become lists. Never throws. */
export function compileRoutes(config: RoutingConfig, { zone = 'UTC' }: CompileRoutesOptions = {}): RouteTable {
  const targets = new Map(Object.entries(config.models));
  const providers = new Map(Object.entries(config.providers));
  const main = compileRules(config.routes, 'default', targets, zone);
  const profiles = new Map(
    Object.entries(config.profiles).map(([name, { routes, default: otherwise }]) => [name, compileRules(routes, otherwise, targets, zone)]),
  );
  return {
    targets,
    providers,
    unavailable: new Map(
      [...providers].flatMap(([name, provider]) => (provider.unavailable === undefined ? [] : [[name, provider.unavailable] as const])),
    ),
    modules: new Map(Object.entries(config.plugins?.routing ?? {})),
    main,
    profiles,
    zone,
    bounds: unbounded,
    problems: [main, ...profiles.values()].flatMap(setAside),
  };
}
