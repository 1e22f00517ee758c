import type { Clock, Logger, Timer } from '@ccproxy/kernel';
import type { Allowances } from './taken.js';
import { readTakenText, type TakenEntry, takenText } from './taken-text.js';

/** Where the state of limits is kept. */
export interface LimitStore {
  get(key: string): Promise<string | undefined>;
  set(key: string, value: string, options?: { readonly ttlMs?: number }): Promise<void>;
  delete(key: string): Promise<void>;
}

export interface LimitKeeperOptions {
  readonly store: LimitStore;
  readonly clock: Clock;
  readonly logger: Logger;
  /** All allowances there are now, by a name that the next process knows them by. */
  readonly owners: () => ReadonlyMap<string, Allowances>;
  /** How long a predecessor may still answer after it has handed over, ms. */
  readonly successionMs: () => number;
}

/** Makes what is taken of allowances survive the process. Nothing here fails: without a store, limits begin anew with it. */
export interface LimitKeeper {
  /** Something was taken: it is stored soon. Cheap, for every request. */
  spent(): void;
  /**
   * Takes again what was taken before. After a `predecessor` that still answers, also what that took after it handed over, once it says.
   */
  resume(predecessor: boolean): Promise<void>;
  /** Stores everything for a successor; from now on only the difference is left to it. Returns what takes that back when it failed. */
  handOver(): Promise<() => void>;
  /** Stores what is not stored yet, and ends. */
  stop(): Promise<void>;
}

/** What a kill -9 forgets at most, and how often is written at most, ms. */
const saveEvery = 2000;
/** Callers and keys that are stored, those nearest to the end of their allowance first. */
const mostStored = 256;
/** Nothing taken is worth more: two minutes of an overdrawn bucket, and the longest rest of a key, ms. */
const worthFor = 3_600_000;
/** How far in the future something may have been stored before its time is not believed, ms. */
const skew = 5000;
/** Everything, and what was taken after everything was handed over. */
const stateKey = 'taken';
const lateKey = 'taken late';

export function createLimitKeeper(options: LimitKeeperOptions): LimitKeeper {
  return new StoredLimits(options);
}

class StoredLimits implements LimitKeeper {
  readonly #options: LimitKeeperOptions;
  #timer: Timer | undefined;
  #polling: Timer | undefined;
  #unsaved = false;
  #handed = false;
  #ended = false;
  #failing = false;

  constructor(options: LimitKeeperOptions) {
    this.#options = options;
  }

  spent(): void {
    this.#unsaved = true;
    if (this.#timer !== undefined || this.#handed || this.#ended) return;
    this.#timer = this.#options.clock.setTimeout(() => this.#due(), saveEvery, { unref: true });
  }

  async resume(predecessor: boolean): Promise<void> {
    // Both are asked for before anything is waited for: after a hand-over, requests may come with the next turn of the event loop.
    const stored = this.#read(stateKey);
    const late = this.#takeLate();
    this.#takeAgain(await stored);
    await late;
    if (predecessor) this.#poll(this.#options.clock.monotonic() + this.#options.successionMs());
  }

  async handOver(): Promise<() => void> {
    this.#rest();
    const entries = this.#entries();
    for (const owner of this.#options.owners().values()) owner.mark();
    this.#handed = true;
    this.#unsaved = false;
    await this.#write(stateKey, entries);
    return () => {
      for (const owner of this.#options.owners().values()) owner.unmark();
      this.#handed = false;
      this.spent();
    };
  }

  async stop(): Promise<void> {
    if (this.#ended) return;
    this.#ended = true;
    this.#rest();
    this.#polling?.clear();
    if (!this.#unsaved) return;
    if (!this.#handed) await this.#write(stateKey, this.#entries());
    // Somebody before this one may have left something too.
    else await this.#write(lateKey, [...(await this.#read(lateKey)), ...this.#entries()]);
  }

  #rest(): void {
    this.#timer?.clear();
    this.#timer = undefined;
  }

  #due(): void {
    this.#timer = undefined;
    this.#unsaved = false;
    void this.#write(stateKey, this.#entries());
  }

  #entries(): readonly TakenEntry[] {
    const at = this.#options.clock.now();
    const all = [...this.#options.owners()].flatMap(([owner, allowances]) => allowances.taken().map((taken) => ({ ...taken, owner, at })));
    return all.length <= mostStored ? all : all.sort((a, b) => b.share - a.share).slice(0, mostStored);
  }

  #takeAgain(entries: readonly TakenEntry[]): void {
    const now = this.#options.clock.now();
    const owners = this.#options.owners();
    for (const entry of entries) {
      const elapsed = now - entry.at;
      // A clock that was set back says nothing of how long ago it was.
      if (elapsed >= -skew && elapsed <= worthFor) owners.get(entry.owner)?.takeAgain(entry, Math.max(0, elapsed));
    }
  }

  /** What predecessors took after they had handed over. */
  async #takeLate(): Promise<void> {
    const entries = await this.#read(lateKey);
    if (entries.length === 0) return;
    this.#takeAgain(entries);
    this.spent();
    await this.#attempt(() => this.#options.store.delete(lateKey));
  }

  #poll(until: number): void {
    const { clock } = this.#options;
    const look = (): void => {
      void this.#takeLate();
      if (clock.monotonic() < until) this.#poll(until);
    };
    if (!this.#ended) this.#polling = clock.setTimeout(look, saveEvery, { unref: true });
  }

  async #read(key: string): Promise<readonly TakenEntry[]> {
    return readTakenText((await this.#attempt(() => this.#options.store.get(key))) ?? '');
  }

  async #write(key: string, entries: readonly TakenEntry[]): Promise<void> {
    await this.#attempt(() => this.#options.store.set(key, takenText(entries), { ttlMs: worthFor }));
  }

  async #attempt<T>(action: () => Promise<T>): Promise<T | undefined> {
    try {
      const done = await action();
      this.#failing = false;
      return done;
    } catch (error) {
      if (!this.#failing) this.#options.logger.warn({ err: error }, 'limits cannot be stored; a restart would begin them anew');
      this.#failing = true;
      return undefined;
    }
  }
}
