/** What one key or one caller may ask for; what is absent has no bound. */
export interface RateLimits {
  readonly requestsPerMinute?: number;
  /** Input and output tokens. */
  readonly tokensPerMinute?: number;
  /** Requests at the same time. */
  readonly concurrency?: number;
}
