import type { DecisionRecord } from '@ccproxy/ledger';
import { explain, recordedFacts, type RouteTable } from '@ccproxy/router';
import type { UsageReport } from '@ccproxy/wire';
import type { ChainNote } from './attempt-chain.js';
import type { ChosenPlan } from './choose-plan.js';
import type { MessagesRequest } from './messages-request.js';
import { principalName } from './principal-name.js';

/** How a request ended, and what of it the last target did not get. */
interface Outcome {
  readonly outcome: string;
  readonly target: string;
  /** Model the target was asked for. */
  readonly upstreamModel: string;
  readonly dropped: readonly string[];
  readonly report: UsageReport | undefined;
  /** Targets that were passed over, special fallbacks that were taken. */
  readonly notes: readonly ChainNote[];
}

/** What is kept of a decision for `route explain`. Made after the answer is over: why each rule fired or not is worked out only here. */
export function decisionRecord(request: MessagesRequest, plan: ChosenPlan, table: RouteTable, outcome: Outcome): DecisionRecord {
  const { facts, view, project, principal, startedAt: at } = request;
  const steps = explain(facts, table).explanation;
  const user = principal.kind === 'anonymous' ? undefined : principalName(principal);
  const { move } = plan;
  const dropped = plan.dropped.map((target) => ({ rule: `target ${target}`, fired: false, because: ['the caller has no gateway token'] }));
  const features = outcome.dropped.map((feature) => ({
    rule: `feature ${feature}`,
    fired: false,
    because: [`the target ${outcome.target} cannot take it`],
  }));
  return {
    requestId: request.id,
    at,
    facts: { ...(move === undefined ? {} : { move }), ...recordedFacts({ facts, view, project: project?.path, user, at }) },
    route: plan.route,
    attempts: plan.attempts.map((attempt) => attempt.target),
    explanation: [
      ...[...steps, ...outcome.notes].map(({ rule, fired, because }) => ({ rule, fired, because: [because] })),
      ...dropped,
      ...features,
    ],
    outcome: outcome.outcome,
    target: outcome.target,
    ...(outcome.upstreamModel === facts.model ? {} : { model: outcome.upstreamModel }),
    ...(outcome.report === undefined ? {} : { usage: outcome.report.usage }),
  };
}
