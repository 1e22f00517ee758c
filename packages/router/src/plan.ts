import type { Attempt } from '@ccproxy/config';

/** Why a rule did or did not fire, for `route explain`. */
export interface ExplanationStep {
  readonly rule: string;
  readonly fired: boolean;
  readonly because: string;
}

/** What the decision means for a running conversation that another target has answered so far. */
export interface ConversationMove {
  /** Whether it stays where it is, against the rule that fired. */
  readonly kept: boolean;
  readonly from: string;
  /** Where the rules lead. */
  readonly to: string;
  /** Tokens in the cache of `from`: lost by a move, saved by staying. */
  readonly cachedTokens: number;
  readonly because: string;
}

export interface Plan {
  readonly kind: 'plan';
  /** Name of the rule that fired; `affinity` when a conversation stays where it is against the rules, `default` when none fired. */
  readonly route: string;
  /** In the order they are tried; never empty. */
  readonly attempts: readonly Attempt[];
  readonly explanation: readonly ExplanationStep[];
  readonly move?: ConversationMove;
  /** The tag in the system prompt has done its work and is not for the model. */
  readonly removeTag?: boolean;
}

/** The router asks for a fact that costs something; it is given and asked again. */
export interface Need {
  readonly kind: 'need';
  readonly needs: readonly (`custom:${string}` | 'tokens:exact')[];
}

/** No attempt can be made: the request names a target that does not exist, or nothing is configured. */
export interface Refusal {
  readonly kind: 'refusal';
  readonly message: string;
  readonly explanation: readonly ExplanationStep[];
}

export type Decision = Plan | Need | Refusal;
