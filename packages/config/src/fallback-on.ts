/** Targets for requests that a target refuses for what they are; tried in order, instead of `fallback`. */
export interface FallbackOn {
  /** The request does not fit into the context window. */
  readonly contextWindow: readonly string[];
  /** A content filter of the provider refused it. */
  readonly contentPolicy: readonly string[];
}
