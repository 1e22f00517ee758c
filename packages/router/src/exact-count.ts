import type { Attempt } from '@ccproxy/config';
import { chooseRule, type Choice } from './choose-rule.js';
import type { Counts } from './compile-condition.js';
import type { RuleSet } from './compile-rules.js';
import type { RouteTable } from './compile-routes.js';
import type { RequestFacts, TokenFacts } from './request-facts.js';

/** An estimate may be wrong by this much in either direction. */
export const estimateError = 0.2;

/** The counts a request is decided with when nothing is counted. */
export const estimatedCounts = ({ tokens, legacy }: RequestFacts): Counts => ({
  all: tokens.estimate,
  text: legacy?.textTokens.estimate ?? tokens.estimate,
});

/** Counts on either side of each threshold the true count may lie beyond; the estimate itself first. */
function possible({ estimate, exact, margin = estimateError }: TokenFacts, thresholds: readonly number[]): number[] {
  if (exact) return [estimate];
  const [low, high] = [Math.floor(estimate * (1 - margin)), Math.ceil(estimate * (1 + margin))];
  const near = thresholds.flatMap((threshold) => [threshold - 1, threshold, threshold + 1]);
  return [estimate, ...near.filter((count) => count >= low && count <= high)];
}

const attemptsOf = (choice: Choice): readonly Attempt[] | undefined =>
  choice.kind === 'rule' ? choice.attempts : choice.kind === 'selected' ? choice.selection.attempts : undefined;

function sameAttempts(one: Choice, other: Choice): boolean {
  const [left, right] = [attemptsOf(one), attemptsOf(other)];
  if (one.kind !== other.kind || left === right) return one.kind === other.kind && left === right;
  return (
    left !== undefined &&
    right !== undefined &&
    left.length === right.length &&
    left.every((attempt, index) => attempt.target === right[index]?.target)
  );
}

/** Whether counting exactly could change what was chosen: asks what would be chosen for every count the true one may be. */
export function dependsOnCount(set: RuleSet, facts: RequestFacts, chosen: Choice, table: RouteTable): boolean {
  if (set.thresholds.length === 0 && set.textThresholds.length === 0) return false;
  const all = possible(facts.tokens, set.thresholds);
  const text = possible(facts.legacy?.textTokens ?? { ...facts.tokens, exact: true }, set.textThresholds);
  if (all.length === 1 && text.length === 1) return false;
  return all.some((count) => text.some((of) => !sameAttempts(chooseRule(set, facts, { all: count, text: of }, table), chosen)));
}
