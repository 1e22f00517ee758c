/**
 * So much per minute, as providers count it: a full bucket may be spent at once and refills evenly. It may be overdrawn by what was not
 * known beforehand, by one minute's worth at most. Times are monotonic ms.
 */
export class TokenBucket {
  readonly #capacity: number;
  readonly #perMs: number;
  #level: number;
  /** Where the level would be had nothing been taken since `mark`. */
  #untouched: number;
  #at = 0;

  constructor(perMinute: number) {
    this.#capacity = perMinute;
    this.#perMs = perMinute / 60_000;
    this.#level = perMinute;
    this.#untouched = perMinute;
  }

  /** ms until `cost` may be taken; 0: now. What costs more than a whole minute's worth needs a full bucket. */
  wait(cost: number, now: number): number {
    this.#refill(now);
    const missing = Math.min(cost, this.#capacity) - this.#level;
    return missing <= 1e-9 ? 0 : missing / this.#perMs;
  }

  /** Takes `cost`; a negative one gives back. */
  take(cost: number, now: number): void {
    if (!Number.isFinite(cost)) return;
    this.#refill(now);
    this.#level = Math.max(-this.#capacity, Math.min(this.#capacity, this.#level - cost));
  }

  /** What was taken, since `mark` or ever, and has not refilled. */
  taken(now: number): number {
    this.#refill(now);
    return Math.max(0, this.#untouched - this.#level);
  }

  /** The part of a minute's worth that `taken` is; 2 at most. */
  takenShare(now: number): number {
    return this.taken(now) / this.#capacity;
  }

  /** Takes what was taken of a bucket of this kind `elapsed` ms ago and has not refilled since. */
  takeAgain(taken: number, elapsed: number, now: number): void {
    this.take(Math.max(0, taken - elapsed * this.#perMs), now);
  }

  /** From now on `taken` tells only what is taken from now on. */
  mark(now: number): void {
    this.#refill(now);
    this.#untouched = this.#level;
  }

  /** `taken` tells everything again. */
  unmark(): void {
    this.#untouched = this.#capacity;
  }

  #refill(now: number): void {
    if (now <= this.#at) return;
    const gained = (now - this.#at) * this.#perMs;
    this.#level = Math.min(this.#capacity, this.#level + gained);
    this.#untouched = Math.min(this.#capacity, this.#untouched + gained);
    this.#at = now;
  }
}
