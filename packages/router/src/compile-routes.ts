import type { Attempt, Config, ProviderConfig, Rule, Target } from '@ccproxy/config';
import { compileCondition, type Matcher } from './compile-condition.js';
import { fallbackChain } from './fallback-chain.js';

export interface CompiledRule {
  readonly rule: Rule;
  readonly matches: Matcher;
  readonly attempts: readonly Attempt[];
}

/** The parts of a configuration that routing reads. */
export type RoutingConfig = Pick<Config, 'providers' | 'models' | 'routes' | 'profiles'>;

/** Rules in order and what is taken when none fires. */
export interface RuleSet {
  readonly rules: readonly CompiledRule[];
  /** Ascending, without repetition. */
  readonly thresholds: readonly number[];
  /** undefined: there is no such target. */
  readonly otherwise: { readonly target: string; readonly attempts: readonly Attempt[] } | undefined;
}

/** A configuration prepared for decisions; made once per load. */
export interface RouteTable {
  readonly targets: ReadonlyMap<string, Target>;
  readonly providers: ReadonlyMap<string, ProviderConfig>;
  /** Providers the configuration itself cannot use, with the reason. */
  readonly unavailable: ReadonlyMap<string, string>;
  readonly main: RuleSet;
  readonly profiles: ReadonlyMap<string, RuleSet>;
}

function compileSet(rules: readonly Rule[], fallthrough: string, targets: ReadonlyMap<string, Target>): RuleSet {
  const thresholds = new Set<number>();
  const compiled = rules.map((rule): CompiledRule => {
    const condition = compileCondition(rule.when, rule.name);
    for (const threshold of condition.thresholds) thresholds.add(threshold);
    return { rule, matches: condition.matches, attempts: fallbackChain(rule.to, rule.fallback, targets) };
  });
  const [only] = targets.size === 1 ? targets.keys() : [];
  const target = targets.has(fallthrough) ? fallthrough : only;
  return {
    rules: compiled,
    thresholds: [...thresholds].sort((a, b) => a - b),
    otherwise: target === undefined ? undefined : { target, attempts: fallbackChain(target, [], targets) },
  };
}

/**
 * Prepares a validated configuration: conditions become functions, fallback chains become lists.
 * Throws CCP_ROUTE_TOO_DEEP.
 */
export function compileRoutes(config: RoutingConfig): RouteTable {
  const targets = new Map(Object.entries(config.models));
  const providers = new Map(Object.entries(config.providers));
  return {
    targets,
    providers,
    unavailable: new Map(
      [...providers].flatMap(([name, provider]) => (provider.unavailable === undefined ? [] : [[name, provider.unavailable] as const])),
    ),
    main: compileSet(config.routes, 'default', targets),
    profiles: new Map(
      Object.entries(config.profiles).map(([name, profile]) => [name, compileSet(profile.routes, profile.default, targets)] as const),
    ),
  };
}
