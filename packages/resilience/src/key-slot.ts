import type { RateLimits } from '@ccproxy/config';
import { Limiter } from './limiter.js';

/** One key of a provider: its share, its limits, and until when it rests. Times are monotonic ms. */
export class KeySlot {
  readonly index: number;
  readonly weight: number;
  readonly limiter: Limiter | undefined;
  /** Turn in the weighted order; the key pool counts with it. */
  turn = 0;
  /** The provider asked to wait: nothing is sent with it. */
  #closedUntil = 0;
  /** It failed lately, and others are better. */
  #restsUntil = 0;

  constructor(index: number, weight: number, limits: RateLimits | undefined) {
    this.index = index;
    this.weight = weight;
    this.limiter = limits === undefined ? undefined : new Limiter(limits);
  }

  /** Until when something else is better; in the past for a key that is well. */
  get restsUntil(): number {
    return Math.max(this.#closedUntil, this.#restsUntil);
  }

  /** ms until it may be used, whatever else there is; 0: now. */
  wait(tokens: number, now: number): number {
    const closed = Math.max(0, this.#closedUntil - now);
    return this.limiter === undefined ? closed : Math.max(closed, this.limiter.wait(tokens, now));
  }

  /** Leaves it alone: `closed` without exception, else as long as there is another. */
  rest(until: number, closed: boolean): void {
    if (closed) this.#closedUntil = Math.max(this.#closedUntil, until);
    else this.#restsUntil = Math.max(this.#restsUntil, until);
  }

  /** It served a request: what was held against it is over. */
  served(): void {
    this.#restsUntil = 0;
  }
}
