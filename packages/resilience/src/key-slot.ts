import type { RateLimits } from '@ccproxy/config';
import { Limiter } from './limiter.js';
import type { Taken, TakenShare } from './taken.js';

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

  /**
   * What is taken of its allowance, and how long the provider asked to leave it alone. Not that it was refused: who repairs a key restarts,
   * and the next in its place is another.
   */
  taken(now: number): TakenShare | undefined {
    const closed = Math.max(0, this.#closedUntil - now);
    const taken = this.limiter?.taken(now) ?? (closed > 0 ? { requests: 0, tokens: 0, share: 0 } : undefined);
    return taken && { ...taken, name: String(this.index), closed, share: closed > 0 ? Math.max(1, taken.share) : taken.share };
  }

  /** Takes it again, less what became free in `elapsed` ms; it is left alone for `longest` ms at most. */
  takeAgain(taken: Taken, elapsed: number, longest: number, now: number): void {
    this.limiter?.takeAgain(taken, elapsed, now);
    const closed = Math.min(longest, taken.closed - elapsed);
    if (closed > 0) this.rest(now + closed, true);
  }
}
