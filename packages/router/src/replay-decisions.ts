import { chooseRule } from './choose-rule.js';
import type { RouteTable } from './compile-routes.js';
import { estimatedCounts } from './exact-count.js';
import { factsOfRecord } from './recorded-facts.js';
import type { RequestFacts } from './request-facts.js';

/** A decision of the log, and what its request cost. */
export interface PastDecision {
  readonly requestId: string;
  readonly at: number;
  readonly facts: Readonly<Record<string, unknown>>;
  readonly route: string;
  /** The target that answered. */
  readonly target: string;
  readonly inputTokens: number;
  readonly outputTokens: number;
  readonly cacheReadTokens: number;
}

/** One request that would go elsewhere. */
export interface Moved {
  readonly requestId: string;
  readonly at: number;
  readonly from: { readonly route: string; readonly target: string };
  readonly to: { readonly route: string; readonly target: string };
  /** Cached and uncached input, and output. */
  readonly tokens: number;
}

/** What another configuration would have done with past requests. */
export interface Replay {
  readonly requests: number;
  readonly moved: readonly Moved[];
  /** Requests the other configuration would refuse, with the reason. */
  readonly refused: readonly { readonly requestId: string; readonly because: string }[];
  /** Requests of which the log does not hold what its rules ask, by rule. */
  readonly undecided: Readonly<Record<string, number>>;
  /** Input and output tokens of all requests that would move. */
  readonly movedTokens: { readonly input: number; readonly output: number };
  /** Cached input that was read at its target and would be new at another one: each change of target within a conversation. */
  readonly lostCacheTokens: number;
  /** The same the other way: changes of target that would not happen any more. */
  readonly sparedChanges: number;
}

type Outcome =
  | { readonly kind: 'goes'; readonly route: string; readonly target: string }
  | { readonly kind: 'refused'; readonly because: string }
  | { readonly kind: 'undecided'; readonly rule: string };

/** What a table does with recorded facts; a rule that asks what was not kept leaves the request undecided. */
function replayOne(facts: RequestFacts, table: RouteTable): Outcome {
  const chosen = chooseRule(table.main, facts, estimatedCounts(facts), table);
  if (chosen.kind === 'need') return { kind: 'undecided', rule: chosen.needs.join(', ') };
  const [passed] = chosen.passed;
  if (passed !== undefined) return { kind: 'undecided', rule: passed.rule };
  if (chosen.kind === 'refused') return { kind: 'refused', because: chosen.message };
  const attempts = chosen.kind === 'selected' ? chosen.selection.attempts : chosen.attempts;
  const [first] = attempts?.filter(({ provider }) => table.providers.has(provider) && !table.unavailable.has(provider)) ?? [];
  if (first === undefined) return { kind: 'refused', because: `the route ${chosen.route} leads to no target that can be called` };
  return { kind: 'goes', route: chosen.route, target: first.target };
}

/** After this long nothing is left in a provider's cache, ms. */
const cacheLife = 5 * 60_000;

interface Last {
  readonly at: number;
  readonly before: string;
  readonly after: string;
}

/** Tries another table on past decisions, oldest first. Pure; prompts are not needed, because the log has the features. */
export function replayDecisions(past: readonly PastDecision[], table: RouteTable): Replay {
  const moved: Moved[] = [];
  const refused: { requestId: string; because: string }[] = [];
  const undecided = new Map<string, number>();
  const conversations = new Map<string, Last>();
  let [input, output, lost, spared] = [0, 0, 0, 0];
  for (const decision of past.toSorted((a, b) => a.at - b.at)) {
    const facts = factsOfRecord(decision.facts);
    const outcome: Outcome = facts === undefined ? { kind: 'undecided', rule: 'an unreadable record' } : replayOne(facts, table);
    if (outcome.kind === 'refused') refused.push({ requestId: decision.requestId, because: outcome.because });
    if (outcome.kind === 'undecided') undecided.set(outcome.rule, (undecided.get(outcome.rule) ?? 0) + 1);
    const { requestId, at, route, target, inputTokens, outputTokens, cacheReadTokens } = decision;
    const after = outcome.kind === 'goes' ? outcome.target : target;
    if (outcome.kind === 'goes' && after !== target) {
      const tokens = inputTokens + cacheReadTokens + outputTokens;
      moved.push({ requestId, at, from: { route, target }, to: { route: outcome.route, target: after }, tokens });
      input += inputTokens + cacheReadTokens;
      output += outputTokens;
    }
    const key = conversationOf(facts);
    const last = key === undefined ? undefined : conversations.get(key);
    if (last !== undefined && at - last.at <= cacheLife) {
      if (last.before === target && last.after !== after) lost += cacheReadTokens;
      if (last.before !== target && last.after === after) spared += 1;
    }
    if (key !== undefined) conversations.set(key, { at, before: target, after });
  }
  return {
    requests: past.length,
    moved,
    refused,
    undecided: Object.fromEntries(undecided),
    movedTokens: { input, output },
    lostCacheTokens: lost,
    sparedChanges: spared,
  };
}

/** Requests of one class in one session follow one another; others of that session have caches of their own. */
function conversationOf(facts: RequestFacts | undefined): string | undefined {
  return facts?.sessionId === undefined ? undefined : `${facts.sessionId} ${facts.class ?? ''} ${facts.agentType ?? ''} ${facts.model}`;
}
