import type { Clock, Timer } from '@ccproxy/kernel';
import type { HeaderFields, ProviderCall, ProviderSink } from '../provider.js';

/** What a demo call plays: a head, then pieces with a pause before each. */
export interface DemoScript {
  readonly status: number;
  readonly headers: HeaderFields;
  readonly pieces: Iterator<string, void>;
  readonly delayMs: number;
}

/** Plays a script into a sink, one piece per turn of the event loop; pausing stops it and aborting ends it at once. */
export class DemoCall implements ProviderCall {
  readonly #clock: Clock;
  readonly #script: DemoScript;
  readonly #sink: ProviderSink;
  #headSent = false;
  #paused = false;
  #done = false;
  #timer: Timer | undefined;

  constructor(clock: Clock, script: DemoScript, sink: ProviderSink) {
    this.#clock = clock;
    this.#script = script;
    this.#sink = sink;
    this.#schedule();
  }

  pause(): void {
    this.#paused = true;
    this.#timer?.clear();
    this.#timer = undefined;
  }

  resume(): void {
    if (!this.#paused || this.#done) return;
    this.#paused = false;
    this.#schedule();
  }

  abort(): void {
    this.#done = true;
    this.#timer?.clear();
  }

  #schedule(): void {
    this.#timer = this.#clock.setTimeout(() => this.#step(), this.#script.delayMs);
  }

  #step(): void {
    this.#timer = undefined;
    if (!this.#headSent) {
      this.#headSent = true;
      this.#sink.onHead(this.#script.status, this.#script.headers);
      if (this.#idle()) return;
    }
    const next = this.#script.pieces.next();
    if (next.done === true) {
      this.#done = true;
      this.#sink.onEnd();
      return;
    }
    this.#sink.onData(Buffer.from(next.value));
    if (!this.#idle()) this.#schedule();
  }

  #idle(): boolean {
    return this.#done || this.#paused;
  }
}
