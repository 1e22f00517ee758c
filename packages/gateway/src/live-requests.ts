import { Roster } from '@ccproxy/kernel';

/** A request that can be told to end. */
export interface LiveRequest {
  stop(): void;
}

/** The requests of one configuration whose answer is not over. */
export class LiveRequests {
  readonly #roster = new Roster<LiveRequest>();
  #whenEmpty: (() => void) | undefined;

  get size(): number {
    return this.#roster.size;
  }

  /** Adds a request; the function returned takes it out again. */
  add(request: LiveRequest): () => void {
    const leave = this.#roster.add(request);
    return () => {
      leave();
      if (this.#whenEmpty !== undefined && this.#roster.size === 0) this.#empty();
    };
  }

  members(): readonly LiveRequest[] {
    return this.#roster.members();
  }

  /** Calls `then` once, when there is none left; for a configuration that gets no new ones. */
  whenEmpty(then: () => void): void {
    this.#whenEmpty = then;
    if (this.#roster.size === 0) this.#empty();
  }

  #empty(): void {
    const then = this.#whenEmpty;
    this.#whenEmpty = undefined;
    then?.();
  }
}
