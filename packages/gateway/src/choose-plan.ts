import type { Principal } from '@ccproxy/http';
import type { Provider } from '@ccproxy/providers';
import { type Need, type Plan, plan, type RequestFacts, type RouteTable } from '@ccproxy/router';
import { errors } from './errors.js';
import type { Satisfied } from './satisfy-need.js';

/** A plan the caller may carry out. */
export interface ChosenPlan extends Plan {
  /** Targets of the plan that were left out because the caller has no gateway token. */
  readonly dropped: readonly string[];
  /** What it was decided with. */
  readonly facts: RequestFacts;
  /** Tokens a tokenizer counted for the decision. */
  readonly counted: number | undefined;
}

export interface PlanContext {
  readonly table: RouteTable;
  readonly providers: ReadonlyMap<string, Provider>;
  readonly principal: Principal;
  /** Gives the router what it asks for. */
  readonly satisfy: (need: Need, facts: RequestFacts) => Promise<Satisfied>;
}

/** Each round gives at least one fact for good; a list of rules asks for few. */
const mostRounds = 64;

/**
 * Plans a request and holds the credential rule: a caller without a gateway token reaches only providers that spend the client's own
 * credential. The target that was chosen is refused openly (CCP_GATEWAY_TOKEN_NEEDED, 401); a fallback out of reach is left out and named.
 * Throws CCP_GATEWAY_NO_ROUTE when there is no target. A promise only when a rule asks for a fact that takes time.
 */
export function choosePlan(facts: RequestFacts, context: PlanContext): ChosenPlan | Promise<ChosenPlan> {
  const decision = plan(facts, context.table);
  return decision.kind === 'need' ? planWhenKnown(decision, facts, context) : permitted(decision, { facts, counted: undefined }, context);
}

async function planWhenKnown(first: Need, facts: RequestFacts, context: PlanContext): Promise<ChosenPlan> {
  let known: Satisfied = { facts, counted: undefined };
  let need = first;
  for (let round = 0; round < mostRounds; round += 1) {
    const satisfied = await context.satisfy(need, known.facts);
    known = { facts: satisfied.facts, counted: satisfied.counted ?? known.counted };
    const decision = plan(known.facts, context.table);
    if (decision.kind !== 'need') return permitted(decision, known, context);
    need = decision;
  }
  throw errors.CCP_GATEWAY_NO_ROUTE({ message: `The router needs ${need.needs.join(', ')}, which nothing can give.`, hint: '' });
}

function permitted(decision: Exclude<ReturnType<typeof plan>, Need>, known: Satisfied, { providers, principal }: PlanContext): ChosenPlan {
  if (decision.kind === 'refusal') throw errors.CCP_GATEWAY_NO_ROUTE({ message: decision.message, hint: '' });
  if (principal.kind !== 'anonymous') return { ...decision, ...known, dropped: [] };
  const open = (provider: string): boolean => providers.get(provider)?.openToAnonymous === true;
  const [first] = decision.attempts;
  if (first !== undefined && !open(first.provider)) {
    throw errors.CCP_GATEWAY_TOKEN_NEEDED({ message: `The target "${first.target}" needs a token of this gateway.` });
  }
  const attempts = decision.attempts.filter((attempt) => open(attempt.provider));
  const dropped = decision.attempts.filter((attempt) => !open(attempt.provider)).map((attempt) => attempt.target);
  return { ...decision, ...known, attempts, dropped };
}
