export type CircuitState = 'closed' | 'open' | 'half-open';

export interface CircuitOptions {
  /** Failures in a row that open it; above 20, only those. */
  readonly failures: number;
  /** How long it stays open at first, ms. */
  readonly open: number;
  /** Told of every change of the state. */
  readonly onChange?: (state: CircuitState) => void;
}

/** It stays open for this long at most, ms. */
const longest = 60_000;
const windowSize = 20;
const mask = (1 << windowSize) - 1;
const ordinary = 1;

/**
 * Leaves a provider alone that fails: it opens after some failures in a row, or when more than half of the last 20 calls failed; after a
 * pause one single call is let through as a probe, and its outcome decides. Each failed probe doubles the pause.
 *
 * A caller takes a ticket, and reports with it `succeeded` or `failed` (possibly both, one after the other), then `released`, once.
 * Times are monotonic ms.
 */
export class CircuitBreaker {
  readonly #options: CircuitOptions;
  #state: CircuitState = 'closed';
  #inRow = 0;
  /** The last outcomes as bits, 1 for a failure. */
  #window = 0;
  #seen = 0;
  #until = 0;
  #pause: number;
  #lastTicket = ordinary;
  /** Ticket of the probe that is on its way; 0: none. */
  #probe = 0;

  constructor(options: CircuitOptions) {
    this.#options = options;
    this.#pause = options.open;
  }

  get state(): CircuitState {
    return this.#state;
  }

  /** Whether a call would be let through now. */
  isOpen(now: number): boolean {
    return this.#state !== 'closed' && (this.#probe !== 0 || now < this.#until);
  }

  /** ms until a call may be let through; 0: now. While a probe is on its way nobody knows: a second. */
  wait(now: number): number {
    if (this.#state === 'closed') return 0;
    return this.#probe === 0 ? Math.max(0, this.#until - now) : Math.max(1000, this.#until - now);
  }

  /** A ticket for one call, or 0: not now. */
  take(now: number): number {
    if (this.#state === 'closed') return ordinary;
    if (this.isOpen(now)) return 0;
    this.#lastTicket += 1;
    this.#probe = this.#lastTicket;
    this.#become('half-open');
    return this.#probe;
  }

  succeeded(ticket: number): void {
    if (this.#state === 'closed') this.#note(0);
    else if (ticket === this.#probe && ticket !== 0) this.#close();
  }

  failed(ticket: number, now: number): void {
    if (this.#state === 'closed') {
      this.#note(1);
      if (this.#inRow >= this.#options.failures || this.#mostFailed()) this.#open(now);
    } else if (ticket === this.#probe && ticket !== 0) {
      this.#pause = Math.min(longest, this.#pause * 2);
      this.#open(now);
    }
  }

  /** The call is over. A probe that ended without an outcome makes room for another. */
  released(ticket: number): void {
    if (ticket === this.#probe) this.#probe = 0;
  }

  #note(failure: 0 | 1): void {
    this.#inRow = failure === 0 ? 0 : this.#inRow + 1;
    this.#window = ((this.#window << 1) | failure) & mask;
    if (this.#seen < windowSize) this.#seen += 1;
  }

  #mostFailed(): boolean {
    if (this.#seen < windowSize || this.#options.failures > windowSize) return false;
    let failures = 0;
    for (let bits = this.#window; bits !== 0; bits &= bits - 1) failures += 1;
    return failures * 2 > windowSize;
  }

  #open(now: number): void {
    this.#until = now + this.#pause;
    this.#probe = 0;
    this.#become('open');
  }

  #close(): void {
    this.#inRow = 0;
    this.#window = 0;
    this.#seen = 0;
    this.#probe = 0;
    this.#pause = this.#options.open;
    this.#become('closed');
  }

  #become(state: CircuitState): void {
    if (this.#state === state) return;
    this.#state = state;
    this.#options.onChange?.(state);
  }
}
