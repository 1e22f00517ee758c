import type { LineListener } from './log-sink.js';

/** Lines kept for one listener that does not keep up. */
const maxQueued = 1000;

interface Subscription {
  readonly listener: LineListener;
  readonly queue: string[];
  dropped: number;
  busy: boolean;
}

/** Hands lines to listeners without ever waiting for one. */
export class LiveLines {
  readonly #subscriptions = new Set<Subscription>();

  subscribe(listener: LineListener): () => void {
    const subscription: Subscription = { listener, queue: [], dropped: 0, busy: false };
    this.#subscriptions.add(subscription);
    return () => void this.#subscriptions.delete(subscription);
  }

  publish(line: string): void {
    for (const subscription of this.#subscriptions) {
      if (subscription.queue.length >= maxQueued) subscription.dropped++;
      else subscription.queue.push(line);
      if (!subscription.busy) void this.#drain(subscription);
    }
  }

  clear(): void {
    this.#subscriptions.clear();
  }

  async #drain(subscription: Subscription): Promise<void> {
    subscription.busy = true;
    try {
      for (
        let line = subscription.queue.shift();
        line !== undefined && this.#subscriptions.has(subscription);
        line = subscription.queue.shift()
      ) {
        const { dropped } = subscription;
        subscription.dropped = 0;
        const pending = subscription.listener(line, dropped);
        if (pending !== undefined) await pending;
      }
    } catch {
      // A listener that fails hurts itself only; it cannot be told through the log it fails to take.
      this.#subscriptions.delete(subscription);
    } finally {
      subscription.busy = false;
    }
  }
}
