/** How failed attempts are repeated and providers in trouble left alone. Times in ms. */
export interface RetryConfig {
  /**
   * Most repetitions of one request at one target, 0 to 2. Absent: 2, but none where the client's own credential is forwarded: such a client
   * talks to its provider as if nothing stood between them, repeats by itself and tells its user.
   */
  readonly attempts?: number;
  /** First upper bound of the random wait; it doubles with each repetition. */
  readonly baseDelay: number;
  /** Longest wait before a repetition, also where the provider asks for more: then nothing is repeated. */
  readonly maxDelay: number;
  /** Repetitions per 100 requests to one provider within ten seconds. */
  readonly budget: number;
  /** Longest time a key or a model rests because its provider said so. */
  readonly coolDown: number;
  /** A provider that fails this often in a row is left alone for `open`, twice as long after each failed probe. */
  readonly breaker: { readonly failures: number; readonly open: number };
  /** A client's repetition of a request that is still being answered gets the same answer. */
  readonly join: boolean;
}

/** Without the section `retry`. */
export const defaultRetry: RetryConfig = {
  baseDelay: 250,
  maxDelay: 10_000,
  budget: 20,
  coolDown: 60_000,
  breaker: { failures: 5, open: 10_000 },
  join: true,
};
