import type { Attempt } from '@ccproxy/config';
import type { RouteTable } from './compile-routes.js';
import type { TargetCase } from './choose-rule.js';
import { fallbackChain } from './fallback-chain.js';
import type { ConversationMove } from './plan.js';
import type { RequestFacts } from './request-facts.js';

/** Where a conversation goes on. */
export interface Continuation {
  readonly attempts: readonly Attempt[];
  readonly move?: ConversationMove;
}

export interface KeepOptions {
  /** The rule that fired; undefined: none did. */
  readonly fired: TargetCase | undefined;
  readonly chosen: readonly Attempt[];
  /** Why a target cannot be called now, or undefined. */
  readonly obstacle: (attempt: Attempt) => string | undefined;
}

/** Why a conversation leaves its target, or undefined when it stays. */
function reasonToMove(current: Attempt, facts: RequestFacts, table: RouteTable, { fired, obstacle }: KeepOptions): string | undefined {
  const blocked = obstacle(current);
  if (blocked !== undefined) return `${current.target} cannot be called: ${blocked}`;
  const window = table.targets.get(current.target)?.limits.context;
  if (window !== undefined && facts.tokens.estimate > window) return `the conversation no longer fits into ${current.target}`;
  if (fired === undefined || fired.moves === 'never') return undefined;
  if (fired.moves === 'turn' && facts.conversation?.turnBegins !== true) return undefined;
  return fired.rule.reason ?? `the rule ${fired.rule.name} moves conversations`;
}

function whyItStays({ fired }: KeepOptions): string {
  if (fired === undefined) return 'no rule fires any more, which is no reason to leave';
  if (fired.moves === 'turn') return `the rule ${fired.rule.name} moves conversations when a turn begins, and this one goes on`;
  return `the rule ${fired.rule.name} names no reason to move a running conversation`;
}

/** The same targets with the one that answered last in front. */
const first = (current: Attempt, attempts: readonly Attempt[]): readonly Attempt[] => [
  current,
  ...attempts.filter(({ target }) => target !== current.target),
];

/**
 * Keeps a conversation with the target that has its cache and its thinking, unless there is a reason to move it. Inside one rule's own
 * chain it stays with a fallback until the turn is over.
 */
export function keepConversation(facts: RequestFacts, table: RouteTable, options: KeepOptions): Continuation {
  const { conversation } = facts;
  const { chosen } = options;
  const wanted = chosen[0];
  if (conversation === undefined || wanted === undefined || wanted.target === conversation.target) return { attempts: chosen };
  const [current, ...others] = fallbackChain(conversation.target, [], table.targets);
  if (current === undefined) return { attempts: chosen };
  const about = { from: current.target, to: wanted.target, cachedTokens: conversation.cachedTokens };
  const fallback = chosen.find(({ target }) => target === current.target);
  if (fallback !== undefined && options.obstacle(fallback) === undefined) {
    if (conversation.turnBegins) {
      return { attempts: chosen, move: { kept: false, ...about, because: `a turn begins, and ${wanted.target} is the first choice` } };
    }
    const because = `${current.target} took over in this turn`;
    return { attempts: first(fallback, chosen), move: { kept: true, ...about, because } };
  }
  const reason = reasonToMove(current, facts, table, options);
  if (reason !== undefined) return { attempts: chosen, move: { kept: false, ...about, because: reason } };
  return { attempts: [current, ...others], move: { kept: true, ...about, because: whyItStays(options) } };
}
