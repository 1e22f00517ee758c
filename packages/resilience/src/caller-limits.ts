import type { RateLimits } from '@ccproxy/config';
import { LruMap } from '@ccproxy/kernel';
import { errors } from './errors.js';
import { Limiter, type LimitName } from './limiter.js';
import { retryAfterSeconds } from './retry-after.js';
import type { Allowances, Taken, TakenShare } from './taken.js';

/** Callers remembered at the same time; who is pushed out begins anew. */
const remembered = 10_000;

const words: Readonly<Record<LimitName, string>> = {
  requestsPerMinute: 'requests per minute',
  tokensPerMinute: 'tokens per minute',
  concurrency: 'requests at the same time',
};

/** Ends a request that was admitted; `tokens`: all it took, undefined when nobody knows. */
export type EndAdmission = (tokens: number | undefined) => void;

/**
 * What each caller may ask for, one limiter per caller, so that nobody waits for another. `now` gives monotonic ms; `onSpent` is told whenever
 * something was taken or given back.
 */
export class CallerLimits implements Allowances {
  readonly #limits: RateLimits;
  readonly #now: () => number;
  readonly #onSpent: () => void;
  readonly #callers = new LruMap<string, Limiter>({ maxEntries: remembered });

  constructor(limits: RateLimits, now: () => number, onSpent: () => void = () => {}) {
    this.#limits = limits;
    this.#now = now;
    this.#onSpent = onSpent;
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
    this.#onSpent();
    return (took) => {
      limiter.end(took === undefined ? 0 : took - tokens, this.#now());
      this.#onSpent();
    };
  }

  taken(): readonly TakenShare[] {
    const now = this.#now();
    return [...this.#callers.entries()].flatMap(([name, limiter]) => {
      const taken = limiter.taken(now);
      return taken === undefined ? [] : [{ name, closed: 0, ...taken }];
    });
  }

  takeAgain(taken: Taken, elapsed: number): void {
    this.#limiterOf(taken.name).takeAgain(taken, elapsed, this.#now());
  }

  mark(): void {
    const now = this.#now();
    for (const [, limiter] of this.#callers.entries()) limiter.mark(now);
  }

  unmark(): void {
    for (const [, limiter] of this.#callers.entries()) limiter.unmark();
  }

  #limiterOf(caller: string): Limiter {
    const known = this.#callers.get(caller);
    if (known !== undefined) return known;
    const made = new Limiter(this.#limits);
    this.#callers.set(caller, made);
    return made;
  }
}
