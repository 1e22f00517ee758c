import type { Attempt, RequestClass } from '@ccproxy/config';

/** What the decision may know of a request: features, never the prompt. */
export interface RequestFacts {
  readonly model: string;
  readonly class: RequestClass | undefined;
  readonly agentType: string | undefined;
  readonly stream: boolean;
  /** Input tokens; `exact` once counted. */
  readonly tokens: { readonly estimate: number; readonly exact: boolean };
  readonly sessionId: string | undefined;
}

/** Why a rule did or did not fire, for `route explain`. */
export interface ExplanationStep {
  readonly rule: string;
  readonly fired: boolean;
  readonly because: string;
}

export interface Plan {
  readonly kind: 'plan';
  /** Name of the rule that fired, `selector` for a target named by the client, `default` otherwise. */
  readonly route: string;
  /** In the order they are tried; never empty. */
  readonly attempts: readonly Attempt[];
  readonly explanation: readonly ExplanationStep[];
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
