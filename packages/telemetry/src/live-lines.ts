import type { LineListener } from './log-sink.js';

/** Lines kept for one listener that does not keep up. */
const maxQueued = 1000;

interface Subscription {
  readonly listener: LineListener;
  queue: string[];
  dropped: number;
  busy: boolean;
}

/**
 * Hands lines to listeners, never within the call that writes a line and never waiting for one: a listener that logs, or hangs, does no harm
 * to whoever writes.
 */
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
      this.#wake(subscription);
    }
  }

  clear(): void {
    this.#subscriptions.clear();
  }

  #wake(subscription: Subscription): void {
    if (subscription.busy) return;
    subscription.busy = true;
    setImmediate(() => void this.#deliver(subscription));
  }

  async #deliver(subscription: Subscription): Promise<void> {
    const lines = subscription.queue;
    subscription.queue = [];
    try {
      for (const line of lines) {
        if (!this.#subscriptions.has(subscription)) return;
        const { dropped } = subscription;
        subscription.dropped = 0;
        const pending = subscription.listener(line, dropped);
        if (pending !== undefined) await pending;
      }
    } catch {
      // A listener that fails hurts itself only; it cannot be told through the log it fails to take.
      this.#subscriptions.delete(subscription);
    }
    subscription.busy = false;
    if (subscription.queue.length > 0) this.#wake(subscription);
  }
}
