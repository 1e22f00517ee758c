import type { Principal } from '@ccproxy/http';
import type { Provider } from '@ccproxy/providers';
import { type Plan, plan, type RequestFacts, type RouteTable } from '@ccproxy/router';
import { errors } from './errors.js';

/** A plan the caller may carry out. */
export interface ChosenPlan extends Plan {
  /** Targets of the plan that were left out because the caller has no gateway token. */
  readonly dropped: readonly string[];
}

/** A plan, asking again with the estimate taken as exact when the router wants a count: it is calibrated by the provider's own counts. */
function decide(facts: RequestFacts, table: RouteTable): Plan {
  let decision = plan(facts, table);
  if (decision.kind === 'need') decision = plan({ ...facts, tokens: { ...facts.tokens, exact: true } }, table);
  if (decision.kind === 'plan') return decision;
  const message = decision.kind === 'refusal' ? decision.message : `The router needs ${decision.needs.join(', ')}, which nothing can give.`;
  throw errors.CCP_GATEWAY_NO_ROUTE({ message, hint: '' });
}

/**
 * Plans a request and holds the credential rule: a caller without a gateway token reaches only providers that spend the client's own
 * credential. The target that was chosen is refused openly (CCP_GATEWAY_TOKEN_NEEDED, 401); a fallback out of reach is left out and named.
 * Throws CCP_GATEWAY_NO_ROUTE when there is no target.
 */
export function choosePlan(
  facts: RequestFacts,
  table: RouteTable,
  providers: ReadonlyMap<string, Provider>,
  principal: Principal,
): ChosenPlan {
  const found = decide(facts, table);
  if (principal.kind !== 'anonymous') return { ...found, dropped: [] };
  const open = (provider: string): boolean => providers.get(provider)?.openToAnonymous === true;
  const [first] = found.attempts;
  if (first !== undefined && !open(first.provider)) {
    throw errors.CCP_GATEWAY_TOKEN_NEEDED({ message: `The target "${first.target}" needs a token of this gateway.` });
  }
  const attempts = found.attempts.filter((attempt) => open(attempt.provider));
  const dropped = found.attempts.filter((attempt) => !open(attempt.provider)).map((attempt) => attempt.target);
  return { ...found, attempts, dropped };
}
