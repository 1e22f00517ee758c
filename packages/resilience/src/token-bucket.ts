/**
 * So much per minute, as providers count it: a full bucket may be spent at once and refills evenly. It may be overdrawn by what was not
 * known beforehand, by one minute's worth at most. Times are monotonic ms.
 */
export class TokenBucket {
  readonly #capacity: number;
  readonly #perMs: number;
  #level: number;
  #at = 0;

  constructor(perMinute: number) {
    this.#capacity = perMinute;
    this.#perMs = perMinute / 60_000;
    this.#level = perMinute;
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

  #refill(now: number): void {
    if (now <= this.#at) return;
    this.#level = Math.min(this.#capacity, this.#level + (now - this.#at) * this.#perMs);
    this.#at = now;
  }
}
