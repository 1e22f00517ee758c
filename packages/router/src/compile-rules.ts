import type { Attempt, Condition, Rule, RuleMoves, SelectorRule, Target, TargetRule } from '@ccproxy/config';
import { CcproxyError } from '@ccproxy/kernel';
import { type Collected, compileCondition, type Matcher, nothingCollected } from './compile-condition.js';
import { fallbackChain } from './fallback-chain.js';
import { movesOf } from './moves-of.js';
import type { FactName } from './request-facts.js';

/** A rule ready to be asked. */
export type CompiledRule =
  | {
      readonly kind: 'target';
      readonly rule: TargetRule;
      readonly matches: Matcher;
      readonly leaves: ReadonlyMap<Condition, Matcher>;
      readonly attempts: readonly Attempt[];
      readonly moves: RuleMoves;
      /** Routing modules its condition asks. */
      readonly modules: readonly string[];
    }
  | { readonly kind: 'selector'; readonly rule: SelectorRule }
  /** It could not be compiled and never fires; the others are not touched by that. */
  | { readonly kind: 'broken'; readonly rule: Rule; readonly because: string };

/** Rules in order and what is taken when none fires. */
export interface RuleSet {
  readonly rules: readonly CompiledRule[];
  /** What its rules read. */
  readonly reads: ReadonlySet<FactName>;
  /** Token counts above which an answer is another than up to them; ascending, without repetition. */
  readonly thresholds: readonly number[];
  readonly textThresholds: readonly number[];
  /** Patterns over texts that are not facts themselves. */
  readonly system: readonly string[];
  readonly headers: readonly (readonly [name: string, pattern: string])[];
  /** Requests may go to different targets, so that a conversation has one to keep. */
  readonly branches: boolean;
  /** undefined: there is no such target. */
  readonly otherwise: { readonly target: string; readonly attempts: readonly Attempt[] } | undefined;
}

/** What a client may write in the model has a place in every list: the first, unless a rule gives it another one. */
const builtInSelector: CompiledRule = { kind: 'selector', rule: { name: 'selector', selector: 'any' } };

function withSelector(rules: readonly CompiledRule[]): readonly CompiledRule[] {
  const kinds = rules.map((each) => (each.kind === 'selector' ? each.rule.selector : undefined));
  if (kinds.includes('any')) return rules;
  // A rule for `provider,model` alone leaves the other forms: they come right after it.
  const after = kinds.indexOf('comma') + 1;
  return [...rules.slice(0, after), builtInSelector, ...rules.slice(after)];
}

const sorted = (numbers: readonly number[]): number[] => [...new Set(numbers)].sort((a, b) => a - b);

function compileRule(rule: Rule, targets: ReadonlyMap<string, Target>, collected: Collected, zone: string): CompiledRule {
  if ('selector' in rule) {
    if (rule.selector === 'tag') collected.reads.add('selectorTag');
    return { kind: 'selector', rule };
  }
  try {
    const condition = compileCondition(rule.when, { rule: rule.name, zone });
    for (const name of condition.reads) collected.reads.add(name);
    collected.thresholds.push(...condition.thresholds);
    collected.textThresholds.push(...condition.textThresholds);
    collected.system.push(...condition.system);
    collected.headers.push(...condition.headers);
    const attempts = fallbackChain(rule.to, rule.fallback, targets);
    const { matches, leaves, modules } = condition;
    return { kind: 'target', rule, matches, leaves, attempts, moves: movesOf(rule), modules };
  } catch (error) {
    return { kind: 'broken', rule, because: CcproxyError.isInstance(error) ? error.message : String(error) };
  }
}

/** Prepares a list of rules; `fallthrough` names the target when none fires. Never throws: a rule that cannot be compiled is set aside. */
export function compileRules(rules: readonly Rule[], fallthrough: string, targets: ReadonlyMap<string, Target>, zone: string): RuleSet {
  const collected = nothingCollected();
  const compiled = withSelector(rules.map((rule) => compileRule(rule, targets, collected, zone)));
  const [only] = targets.size === 1 ? targets.keys() : [];
  const target = targets.has(fallthrough) ? fallthrough : only;
  const attempts = target === undefined ? [] : fallbackChain(target, [], targets);
  return {
    rules: compiled,
    reads: collected.reads,
    thresholds: sorted(collected.thresholds),
    textThresholds: sorted(collected.textThresholds),
    system: [...new Set(collected.system)],
    headers: collected.headers,
    branches: attempts.length > 1 || compiled.some(({ kind }) => kind === 'target'),
    otherwise: target === undefined ? undefined : { target, attempts },
  };
}
