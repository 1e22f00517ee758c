import type { ProviderTimeouts } from '@ccproxy/config';
import type { Clock, Timer } from '@ccproxy/kernel';

/** The limit that ran out. */
export type Expiry = keyof ProviderTimeouts;

/**
 * The four named time limits of one call on a single timer. Moving a limit forward only writes a number;
 * the timer looks again when it fires, so a chunk of the answer costs no timer operation.
 *
 * `connect` runs until the request is on its way, `firstByte` from then until the first byte of the body (a head alone does not
 * count: some servers send it before they load the model), `idle` between bytes and not while the reader holds the call back,
 * `total` all the time.
 */
export class Watchdog {
  readonly #clock: Clock;
  readonly #timeouts: ProviderTimeouts;
  readonly #onExpire: (expiry: Expiry, ms: number) => void;
  readonly #end: number;
  #phase: Exclude<Expiry, 'total'> = 'connect';
  #since: number;
  #paused = false;
  #timer: Timer | undefined;
  #fireAt = 0;

  constructor(clock: Clock, timeouts: ProviderTimeouts, onExpire: (expiry: Expiry, ms: number) => void) {
    this.#clock = clock;
    this.#timeouts = timeouts;
    this.#onExpire = onExpire;
    this.#since = clock.monotonic();
    this.#end = this.#since + timeouts.total;
    this.#arm();
  }

  /** The request is being written. */
  connected(): void {
    this.#phase = 'firstByte';
    this.#since = this.#clock.monotonic();
    this.#arm();
  }

  /** Bytes of the body came. */
  data(): void {
    this.#since = this.#clock.monotonic();
    if (this.#phase === 'idle') return;
    this.#phase = 'idle';
    this.#arm();
  }

  pause(): void {
    this.#paused = true;
  }

  resume(): void {
    this.#paused = false;
    this.#since = this.#clock.monotonic();
    this.#arm();
  }

  stop(): void {
    this.#timer?.clear();
    this.#timer = undefined;
  }

  #deadline(): number {
    return this.#paused ? this.#end : Math.min(this.#end, this.#since + this.#timeouts[this.#phase]);
  }

  #arm(): void {
    const deadline = this.#deadline();
    if (this.#timer !== undefined) {
      if (this.#fireAt <= deadline) return;
      this.#timer.clear();
    }
    this.#fireAt = deadline;
    this.#timer = this.#clock.setTimeout(() => this.#fire(), Math.max(0, deadline - this.#clock.monotonic()));
  }

  #fire(): void {
    this.#timer = undefined;
    const now = this.#clock.monotonic();
    if (now < this.#deadline()) return this.#arm();
    const expiry = now >= this.#end ? 'total' : this.#phase;
    this.#onExpire(expiry, this.#timeouts[expiry]);
  }
}
