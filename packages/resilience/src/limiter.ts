import type { RateLimits } from '@ccproxy/config';
import type { Taken, TakenShare } from './taken.js';
import { TokenBucket } from './token-bucket.js';

/** Told to somebody who is over a bound of simultaneous requests, ms: nobody knows when one ends. */
const concurrencyWait = 1000;

export type LimitName = keyof RateLimits;

/** Requests and tokens per minute and simultaneous requests of one key or caller. Times are monotonic ms. */
export class Limiter {
  readonly #requests: TokenBucket | undefined;
  readonly #tokens: TokenBucket | undefined;
  readonly #most: number;
  #running = 0;

  constructor({ requestsPerMinute, tokensPerMinute, concurrency }: RateLimits) {
    this.#requests = requestsPerMinute === undefined ? undefined : new TokenBucket(requestsPerMinute);
    this.#tokens = tokensPerMinute === undefined ? undefined : new TokenBucket(tokensPerMinute);
    this.#most = concurrency ?? Number.POSITIVE_INFINITY;
  }

  get running(): number {
    return this.#running;
  }

  /** ms until a request of so many tokens may begin; 0: now. */
  wait(tokens: number, now: number): number {
    const waits = [this.#requests?.wait(1, now) ?? 0, this.#tokens?.wait(tokens, now) ?? 0];
    return Math.max(this.#running >= this.#most ? concurrencyWait : 0, ...waits);
  }

  /** The bound a request of so many tokens runs into, or undefined. */
  reached(tokens: number, now: number): LimitName | undefined {
    if (this.#running >= this.#most) return 'concurrency';
    if ((this.#requests?.wait(1, now) ?? 0) > 0) return 'requestsPerMinute';
    return (this.#tokens?.wait(tokens, now) ?? 0) > 0 ? 'tokensPerMinute' : undefined;
  }

  /** A request of so many tokens begins, whatever `wait` says. */
  begin(tokens: number, now: number): void {
    this.#running += 1;
    this.#requests?.take(1, now);
    this.#tokens?.take(tokens, now);
  }

  /** It is over; `correction`: how many tokens it took beyond those it began with. */
  end(correction: number, now: number): void {
    this.#running -= 1;
    if (correction !== 0) this.#tokens?.take(correction, now);
  }

  /** What is taken of its requests and tokens, since `mark` or ever, and has not become free again; undefined: nothing. */
  taken(now: number): Omit<TakenShare, 'name' | 'closed'> | undefined {
    const share = Math.max(this.#requests?.takenShare(now) ?? 0, this.#tokens?.takenShare(now) ?? 0);
    return share === 0 ? undefined : { requests: this.#requests?.taken(now) ?? 0, tokens: this.#tokens?.taken(now) ?? 0, share };
  }

  /** Takes again what was taken `elapsed` ms ago, less what became free since. */
  takeAgain({ requests, tokens }: Pick<Taken, 'requests' | 'tokens'>, elapsed: number, now: number): void {
    this.#requests?.takeAgain(requests, elapsed, now);
    this.#tokens?.takeAgain(tokens, elapsed, now);
  }

  /** From now on `taken` tells only what is taken from now on. */
  mark(now: number): void {
    this.#requests?.mark(now);
    this.#tokens?.mark(now);
  }

  /** `taken` tells everything again. */
  unmark(): void {
    this.#requests?.unmark();
    this.#tokens?.unmark();
  }
}
