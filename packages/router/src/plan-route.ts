import type { Attempt } from '@ccproxy/config';
import { type Choice, chooseRule } from './choose-rule.js';
import type { RouteTable } from './compile-routes.js';
import { dependsOnCount, estimatedCounts } from './exact-count.js';
import { explainRules } from './explain-rules.js';
import { keepConversation } from './keep-conversation.js';
import type { ConversationMove, Decision, ExplanationStep, Plan, Refusal } from './plan.js';
import type { RequestFacts } from './request-facts.js';
import { number } from './wording.js';

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

const refusal = (message: string, explanation: readonly ExplanationStep[]): Refusal => ({ kind: 'refusal', message, explanation });

/** Why a provider cannot be called, or undefined when it can. */
function obstacle(provider: string, table: RouteTable, { unavailable }: PlanOptions): string | undefined {
  if (!table.providers.has(provider)) return 'it is not configured';
  const lasting = table.unavailable.get(provider);
  if (lasting !== undefined) return lasting;
  if (unavailable === undefined || !unavailable.has(provider)) return undefined;
  return ('get' in unavailable ? unavailable.get(provider) : undefined) ?? 'it does not answer at the moment';
}

interface Way {
  readonly route: string;
  readonly chain: readonly Attempt[];
  readonly steps: readonly ExplanationStep[];
  readonly more: Pick<Plan, 'move' | 'removeTag'>;
}

const nothingMore: Way['more'] = {};

/** Leaves out what cannot be called; the ordinary case returns the prepared list itself. */
function decide({ route, chain, steps, more }: Way, table: RouteTable, options: PlanOptions): Decision {
  if (chain.length === 0) return refusal(`The route ${route} leads to no target that is declared in \`models\`.`, steps);
  const obstacles = chain.map((attempt) => obstacle(attempt.provider, table, options));
  if (obstacles.every((reason) => reason === undefined)) return { kind: 'plan', route, attempts: chain, explanation: steps, ...more };
  const skipped = chain.flatMap(({ target, provider }, index) => {
    const reason = obstacles[index];
    return reason === undefined
      ? []
      : [{ rule: `target ${target}`, fired: false, because: `provider ${provider} is unavailable: ${reason}` }];
  });
  const explanation = [...steps, ...skipped];
  const attempts = chain.filter((_attempt, index) => obstacles[index] === undefined);
  if (attempts.length > 0) return { kind: 'plan', route, attempts, explanation, ...more };
  const reasons = skipped.map(({ rule, because }) => `${rule}: ${because}`).join('; ');
  return refusal(`No target can take the request now. ${reasons}.`, explanation);
}

const moveStep = ({ kept, from, to, cachedTokens, because }: ConversationMove, overruled: boolean): ExplanationStep => {
  const tokens = `${number.format(cachedTokens)} cached tokens ${kept ? 'would be lost' : 'are lost'}`;
  const what = kept ? `the conversation stays with ${from} instead of ${to}` : `the conversation moves from ${from} to ${to}`;
  return { rule: 'affinity', fired: overruled, because: `${what}: ${because}; ${tokens}` };
};

/** A rule that fired, or none: the conversation may have reason to stay where it is. */
function followRules(
  chosen: Extract<Choice, { kind: 'rule' }>,
  steps: readonly ExplanationStep[],
  facts: RequestFacts,
  table: RouteTable,
  options: PlanOptions,
): Decision {
  const { fired, route } = chosen;
  if (chosen.attempts === undefined) {
    return refusal('No rule took the request and there is no target `default`. Add `default: { provider: … }` to `models`.', steps);
  }
  const { attempts, move } = keepConversation(facts, table, {
    fired,
    chosen: chosen.attempts,
    obstacle: ({ provider }) => obstacle(provider, table, options),
  });
  if (move === undefined) return decide({ route, chain: attempts, steps, more: nothingMore }, table, options);
  // Inside its own chain the rule still decides; only the order of its targets is another one.
  const overruled = move.kept && !chosen.attempts.some(({ target }) => target === move.from);
  const told = overruled ? steps.map((step) => (step.fired ? { ...step, fired: false } : step)) : steps;
  const way = { route: overruled ? 'affinity' : route, chain: attempts, steps: [...told, moveStep(move, overruled)], more: { move } };
  return decide(way, table, options);
}

/**
 * Decides where a request goes. Pure, total, deterministic; never throws. The first rule that fires decides, a selector in the model in
 * its place among them, then the target `default`; a running conversation stays where it is unless there is a reason. Returns a Plan, a
 * Need when a fact is missing that would change the outcome, or a Refusal that says what to do.
 */
export function plan(facts: RequestFacts, table: RouteTable, options: PlanOptions = {}): Decision {
  const set = options.profile === undefined ? table.main : table.profiles.get(options.profile);
  if (set === undefined)
    return refusal(`There is no profile "${options.profile}". Profiles: ${[...table.profiles.keys()].join(', ') || 'none'}.`, []);
  const counts = estimatedCounts(facts);
  const chosen = chooseRule(set, facts, counts, table);
  if (chosen.kind === 'need') return chosen;
  if (options.acceptEstimate !== true && dependsOnCount(set, facts, chosen, table)) return { kind: 'need', needs: ['tokens:exact'] };
  const steps = options.explain === true ? explainRules(set, facts, counts, chosen) : chosen.passed;
  if (chosen.kind === 'refused') {
    return refusal(
      chosen.message,
      options.explain === true ? steps : [...steps, { rule: chosen.rule, fired: false, because: chosen.message }],
    );
  }
  if (chosen.kind === 'rule') return followRules(chosen, steps, facts, table, options);
  const { route, selection, tag } = chosen;
  const more = tag ? { removeTag: true } : nothingMore;
  return decide({ route, chain: selection.attempts, steps: [...steps, ...selection.skipped], more }, table, options);
}

/** The decision with every rule considered and why, for people: an estimate is taken as it is; modules that were not asked are named. */
export const explain = (
  facts: RequestFacts,
  table: RouteTable,
  options: Omit<PlanOptions, 'explain' | 'acceptEstimate'> = {},
): Plan | Refusal => {
  const decision = plan(facts, table, { ...options, explain: true, acceptEstimate: true });
  return decision.kind === 'need' ? refusal(`The decision needs ${decision.needs.join(', ')}.`, []) : decision;
};
