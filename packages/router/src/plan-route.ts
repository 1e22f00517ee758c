import type { Attempt } from '@ccproxy/config';
import type { CompiledRule, RouteTable, RuleSet } from './compile-routes.js';
import { describeCondition } from './describe-condition.js';
import type { Decision, ExplanationStep, Plan, Refusal, RequestFacts } from './plan.js';
import { selectByModel } from './select-target.js';

export interface PlanOptions {
  /** Profile of the project; the main rules when absent. */
  readonly profile?: string;
  /** Say for every rule considered why it fired or not. Without it `explanation` holds only what was skipped. */
  readonly explain?: boolean;
  /** Decide with the estimate where an exact count would be asked for: nobody can count, or somebody only wants to see. */
  readonly acceptEstimate?: boolean;
  /** Providers that cannot be called now, with reasons where they are known. */
  readonly unavailable?: ReadonlySet<string> | ReadonlyMap<string, string>;
}

/** An estimate may be wrong by this much in either direction. */
export const estimateError = 0.2;

interface Choice {
  readonly route: string;
  readonly fired: CompiledRule | undefined;
  readonly attempts: readonly Attempt[] | undefined;
}

/** First rule that matches, given a token count. */
function choose(set: RuleSet, facts: RequestFacts, tokens: number): Choice {
  for (const compiled of set.rules) {
    if (compiled.matches(facts, tokens)) return { route: compiled.rule.name, fired: compiled, attempts: compiled.attempts };
  }
  return { route: 'default', fired: undefined, attempts: set.otherwise?.attempts };
}

const sameAttempts = (one: readonly Attempt[] | undefined, other: readonly Attempt[] | undefined): boolean =>
  one === other ||
  (one !== undefined &&
    other !== undefined &&
    one.length === other.length &&
    one.every((attempt, index) => attempt.target === other[index]?.target));

/**
 * Whether counting exactly could change the choice: asks what would be chosen on either side of every threshold the true count may
 * lie beyond.
 */
function dependsOnExactCount(set: RuleSet, facts: RequestFacts, chosen: Choice): boolean {
  const { estimate, exact } = facts.tokens;
  if (exact || set.thresholds.length === 0) return false;
  const [low, high] = [Math.floor(estimate * (1 - estimateError)), Math.ceil(estimate * (1 + estimateError))];
  for (const threshold of set.thresholds) {
    for (const count of [threshold - 1, threshold, threshold + 1]) {
      if (count < low || count > high) continue;
      if (!sameAttempts(choose(set, facts, count).attempts, chosen.attempts)) return true;
    }
  }
  return false;
}

function explainRules(set: RuleSet, facts: RequestFacts, chosen: Choice): ExplanationStep[] {
  const steps: ExplanationStep[] = [];
  for (const compiled of set.rules) {
    const { because } = describeCondition(compiled.rule.when, facts, facts.tokens.estimate);
    steps.push({ rule: compiled.rule.name, fired: compiled === chosen.fired, because });
    if (compiled === chosen.fired) return steps;
  }
  const because =
    set.otherwise === undefined
      ? 'no rule fired, and there is no target to fall through to'
      : `no rule fired: target ${set.otherwise.target}`;
  steps.push({ rule: 'default', fired: set.otherwise !== undefined, because });
  return steps;
}

const refusal = (message: string, explanation: readonly ExplanationStep[]): Refusal => ({ kind: 'refusal', message, explanation });

/** Why a provider cannot be called, or undefined when it can. */
function obstacle(provider: string, table: RouteTable, { unavailable }: PlanOptions): string | undefined {
  if (!table.providers.has(provider)) return 'it is not configured';
  const lasting = table.unavailable.get(provider);
  if (lasting !== undefined) return lasting;
  if (unavailable === undefined || !unavailable.has(provider)) return undefined;
  return ('get' in unavailable ? unavailable.get(provider) : undefined) ?? 'it does not answer at the moment';
}

/** Leaves out what cannot be called; the ordinary case returns the prepared list itself. */
function decide(
  route: string,
  chain: readonly Attempt[],
  steps: readonly ExplanationStep[],
  table: RouteTable,
  options: PlanOptions,
): Decision {
  if (chain.length === 0) return refusal(`The route ${route} leads to no target that is declared in \`models\`.`, steps);
  const obstacles = chain.map((attempt) => obstacle(attempt.provider, table, options));
  if (obstacles.every((reason) => reason === undefined)) return { kind: 'plan', route, attempts: chain, explanation: steps };
  const skipped = chain.flatMap(({ target, provider }, index) => {
    const reason = obstacles[index];
    return reason === undefined
      ? []
      : [{ rule: `target ${target}`, fired: false, because: `provider ${provider} is unavailable: ${reason}` }];
  });
  const explanation = [...steps, ...skipped];
  const attempts = chain.filter((_attempt, index) => obstacles[index] === undefined);
  if (attempts.length > 0) return { kind: 'plan', route, attempts, explanation };
  const reasons = skipped.map(({ rule, because }) => `${rule}: ${because}`).join('; ');
  return refusal(`No target can take the request now. ${reasons}.`, explanation);
}

/**
 * Decides where a request goes. Pure, total, deterministic; never throws. Order: a selector in the model, then the rules, first match
 * wins, then the target `default`. Returns a Plan, a Need when an exact token count would change the outcome, or a Refusal that says what to do.
 */
export function plan(facts: RequestFacts, table: RouteTable, options: PlanOptions = {}): Decision {
  const selection = selectByModel(facts.model, table);
  if (selection.kind === 'unknown') {
    return refusal(selection.message, [{ rule: 'selector', fired: false, because: selection.message }]);
  }
  if (selection.kind === 'selected') {
    const steps = options.explain === true ? [{ rule: 'selector', fired: true, because: selection.because }] : [];
    return decide('selector', selection.attempts, [...steps, ...selection.skipped], table, options);
  }
  const set = options.profile === undefined ? table.main : table.profiles.get(options.profile);
  if (set === undefined)
    return refusal(`There is no profile "${options.profile}". Profiles: ${[...table.profiles.keys()].join(', ') || 'none'}.`, []);
  const chosen = choose(set, facts, facts.tokens.estimate);
  if (options.acceptEstimate !== true && dependsOnExactCount(set, facts, chosen)) return { kind: 'need', needs: ['tokens:exact'] };
  const steps =
    options.explain === true
      ? [{ rule: 'selector', fired: false, because: 'the model names no target and no provider' }, ...explainRules(set, facts, chosen)]
      : [];
  if (chosen.attempts === undefined) {
    return refusal('No rule took the request and there is no target `default`. Add `default: { provider: … }` to `models`.', steps);
  }
  return decide(chosen.route, chosen.attempts, steps, table, options);
}

/** The decision with every rule considered and why, for people: an estimate is taken as it is, so there is no Need. */
export const explain = (
  facts: RequestFacts,
  table: RouteTable,
  options: Omit<PlanOptions, 'explain' | 'acceptEstimate'> = {},
): Plan | Refusal => {
  const decision = plan(facts, table, { ...options, explain: true, acceptEstimate: true });
  return decision.kind === 'need' ? refusal(`The decision needs ${decision.needs.join(', ')}.`, []) : decision;
};
