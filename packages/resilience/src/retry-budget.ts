const parts = 10;

export interface RetryBudgetOptions {
  /** Repetitions per request, such as 0.2. */
  readonly ratio: number;
  /** Repetitions that are always allowed in a window, so that a single user is not left without any. */
  readonly minimum: number;
  /** ms */
  readonly window: number;
}

/**
 * Bounds repetitions to a share of the requests within a sliding window, so that a provider in trouble gets hardly more than it would
 * without them. Constant memory; times are monotonic ms.
 */
export class RetryBudget {
  readonly #options: RetryBudgetOptions;
  readonly #part: number;
  readonly #requests = new Int32Array(parts);
  readonly #retries = new Int32Array(parts);
  /** Number of the part of the window that is being filled. */
  #at = 0;
  #sumRequests = 0;
  #sumRetries = 0;

  constructor(options: RetryBudgetOptions) {
    this.#options = options;
    this.#part = options.window / parts;
  }

  /** A request goes to the provider for the first time. */
  request(now: number): void {
    const slot = this.#slot(now);
    this.#requests[slot] = (this.#requests[slot] ?? 0) + 1;
    this.#sumRequests += 1;
  }

  /** Takes one repetition from the budget; false when nothing is left. */
  tryRetry(now: number): boolean {
    const slot = this.#slot(now);
    const { ratio, minimum } = this.#options;
    if (this.#sumRetries >= Math.max(minimum, Math.floor(this.#sumRequests * ratio))) return false;
    this.#retries[slot] = (this.#retries[slot] ?? 0) + 1;
    this.#sumRetries += 1;
    return true;
  }

  /** Requests and repetitions of the window. */
  seen(now: number): { readonly requests: number; readonly retries: number } {
    this.#slot(now);
    return { requests: this.#sumRequests, retries: this.#sumRetries };
  }

  #slot(now: number): number {
    const part = Math.floor(now / this.#part);
    if (part - this.#at >= parts) this.#clear();
    else for (let old = this.#at + 1; old <= part; old += 1) this.#drop(old % parts);
    if (part > this.#at) this.#at = part;
    return this.#at % parts;
  }

  #drop(slot: number): void {
    this.#sumRequests -= this.#requests[slot] ?? 0;
    this.#sumRetries -= this.#retries[slot] ?? 0;
    this.#requests[slot] = 0;
    this.#retries[slot] = 0;
  }

  #clear(): void {
    this.#requests.fill(0);
    this.#retries.fill(0);
    this.#sumRequests = 0;
    this.#sumRetries = 0;
  }
}
