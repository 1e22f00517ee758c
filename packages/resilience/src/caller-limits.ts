import type { RateLimits } from '@ccproxy/config';
import { LruMap } from '@ccproxy/kernel';
import { errors } from './errors.js';
import { Limiter, type LimitName } from './limiter.js';
import { retryAfterSeconds } from './retry-after.js';

/** Callers remembered at the same time; who is pushed out begins anew. */
const remembered = 10_000;

const words: Readonly<Record<LimitName, string>> = {
  requestsPerMinute: 'requests per minute',
  tokensPerMinute: 'tokens per minute',
  concurrency: 'requests at the same time',
};

/** Ends a request that was admitted; `tokens`: all it took, undefined when nobody knows. */
export type EndAdmission = (tokens: number | undefined) => void;

/** What each caller may ask for, one limiter per caller, so that nobody waits for another. `now` gives monotonic ms. */
export class CallerLimits {
  readonly #limits: RateLimits;
  readonly #now: () => number;
  readonly #callers = new LruMap<string, Limiter>({ maxEntries: remembered });

  constructor(limits: RateLimits, now: () => number) {
    this.#limits = limits;
    this.#now = now;
  }

  /** Admits a request of so many tokens. Throws CCP_LIMIT_CALLER (429) with `details.retryAfter` in whole seconds. */
  admit(caller: string, tokens: number): EndAdmission {
    const now = this.#now();
    const limiter = this.#limiterOf(caller);
    const reached = limiter.reached(tokens, now);
    if (reached !== undefined) {
      const retryAfter = retryAfterSeconds(limiter.wait(tokens, now));
      const message = `The caller ${caller} has reached its limit of ${this.#limits[reached]} ${words[reached]}.`;
      throw errors.CCP_LIMIT_CALLER({ message, details: { retryAfter, limit: reached } });
    }
    limiter.begin(tokens, now);
    return (took) => limiter.end(took === undefined ? 0 : took - tokens, this.#now());
  }

  #limiterOf(caller: string): Limiter {
    const known = this.#callers.get(caller);
    if (known !== undefined) return known;
    const made = new Limiter(this.#limits);
    this.#callers.set(caller, made);
    return made;
  }
}
