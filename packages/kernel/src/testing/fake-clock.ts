import type { Clock, Timer } from '../clock.js';

/** A clock that moves only when told to. */
export class FakeClock implements Clock {
  #now: number;
  #monotonic = 0;
  #timers: { at: number; fn: () => void }[] = [];

  constructor(now = Date.UTC(2026, 0, 1)) {
    this.#now = now;
  }

  now(): number {
    return this.#now;
  }

  monotonic(): number {
    return this.#monotonic;
  }

  setTimeout(fn: () => void, ms: number): Timer {
    const timer = { at: this.#monotonic + ms, fn };
    this.#timers.push(timer);
    return {
      clear: () => {
        this.#timers = this.#timers.filter((other) => other !== timer);
      },
    };
  }

  /** How many timers are pending. */
  get pending(): number {
    return this.#timers.length;
  }

  /** Moves both clocks forward and runs what falls due, in order. */
  advance(ms: number): void {
    const target = this.#monotonic + ms;
    for (;;) {
      const due = this.#timers.filter((timer) => timer.at <= target).sort((a, b) => a.at - b.at)[0];
      if (due === undefined) break;
      this.#timers = this.#timers.filter((timer) => timer !== due);
      this.#now += due.at - this.#monotonic;
      this.#monotonic = due.at;
      due.fn();
    }
    this.#now += target - this.#monotonic;
    this.#monotonic = target;
  }

  /** The user or NTP sets the wall clock; durations are not affected. */
  jump(ms: number): void {
    this.#now += ms;
  }
}
