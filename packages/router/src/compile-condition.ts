import type { Condition } from '@ccproxy/config';
import { compileGlob } from './compile-glob.js';
import { errors } from './errors.js';
import type { RequestFacts } from './plan.js';

/** A condition ready to be asked; `tokens` is the count to decide with. Cannot throw. */
export type Matcher = (facts: RequestFacts, tokens: number) => boolean;

export interface CompiledCondition {
  readonly matches: Matcher;
  /** Every `tokens.over` and `tokens.under` inside. */
  readonly thresholds: readonly number[];
}

const deepest = 100;

/** Compiles a condition once, at load. Throws CCP_ROUTE_TOO_DEEP; `rule` names the rule in that error. */
export function compileCondition(condition: Condition, rule: string): CompiledCondition {
  const thresholds: number[] = [];
  return { matches: compile(condition, rule, 0, thresholds), thresholds };
}

function compile(condition: Condition, rule: string, depth: number, thresholds: number[]): Matcher {
  if (depth > deepest)
    throw errors.CCP_ROUTE_TOO_DEEP({ message: `The condition of the rule ${rule} is nested more than ${deepest} deep.` });
  const inner = (part: Condition): Matcher => compile(part, rule, depth + 1, thresholds);
  if ('all' in condition) {
    const parts = condition.all.map(inner);
    return (facts, tokens) => parts.every((matches) => matches(facts, tokens));
  }
  if ('any' in condition) {
    const parts = condition.any.map(inner);
    return (facts, tokens) => parts.some((matches) => matches(facts, tokens));
  }
  if ('not' in condition) {
    const matches = inner(condition.not);
    return (facts, tokens) => !matches(facts, tokens);
  }
  if ('class' in condition) {
    const classes = new Set(condition.class);
    return (facts) => facts.class !== undefined && classes.has(facts.class);
  }
  if ('model' in condition) {
    const globs = condition.model.map(compileGlob);
    return (facts) => globs.some((matches) => matches(facts.model));
  }
  if ('tokens' in condition) {
    const { over = -Infinity, under = Infinity } = condition.tokens;
    thresholds.push(...[over, under].filter(Number.isFinite));
    return (_facts, tokens) => tokens > over && tokens < under;
  }
  return (facts) => facts.stream === condition.stream;
}
