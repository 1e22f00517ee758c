/** What kind of failure it was; it decides what is done. */
export type ErrorClass =
  /** The request is wrong, for every provider alike. */
  | 'client'
  /** The credential is not accepted. */
  | 'auth'
  /** The account has nothing left. */
  | 'quota'
  /** Too many requests for this credential. */
  | 'rate'
  /** The model has no capacity at the moment. */
  | 'overloaded'
  /** The provider failed by itself. */
  | 'server'
  /** The request does not fit into the context window. */
  | 'context'
  /** A content filter refused the request. */
  | 'policy'
  /** No connection, or it broke. */
  | 'network'
  /** A named time limit ran out. */
  | 'timeout'
  /** An answer that is none. */
  | 'malformed'
  /** The provider cannot be used as it is configured. */
  | 'unavailable'
  /** Held back here: a credential that must not go there. */
  | 'refused';

/** A failure, judged. */
export interface Verdict {
  readonly class: ErrorClass;
  /** The same request to the same target may succeed. */
  readonly repeatable: boolean;
  /** How long the provider asks to wait, ms; undefined: it did not say. */
  readonly retryAfter: number | undefined;
}

/** What a class of failures leads to. */
export interface ClassRule {
  /** Another key of the same provider may succeed. */
  readonly otherKey: boolean;
  /** Which targets are asked next. */
  readonly next: 'fallback' | 'contextWindow' | 'contentPolicy' | 'none';
  /** What the failure says about whom: it counts against the provider as a whole, or against the model. */
  readonly counts: 'provider' | 'model' | 'none';
}

const stop: ClassRule = { otherKey: false, next: 'none', counts: 'none' };
const fault: ClassRule = { otherKey: false, next: 'fallback', counts: 'provider' };
const spent: ClassRule = { otherKey: true, next: 'fallback', counts: 'none' };

/** The table of docs/guide/resilience.md. */
export const classRules: Readonly<Record<ErrorClass, ClassRule>> = {
  client: stop,
  refused: stop,
  auth: spent,
  quota: spent,
  rate: spent,
  overloaded: { otherKey: false, next: 'fallback', counts: 'model' },
  server: fault,
  network: fault,
  timeout: fault,
  malformed: fault,
  unavailable: { otherKey: false, next: 'fallback', counts: 'none' },
  context: { otherKey: false, next: 'contextWindow', counts: 'none' },
  policy: { otherKey: false, next: 'contentPolicy', counts: 'none' },
};
