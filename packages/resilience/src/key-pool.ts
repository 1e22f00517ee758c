import type { KeyStrategy, RateLimits } from '@ccproxy/config';
import { LruMap } from '@ccproxy/kernel';
import { KeySlot } from './key-slot.js';

/** Conversations whose key is remembered, and for how long after their last request, ms: as long as a provider caches a prompt. */
const rememberedSessions = 4096;
const forgetAfter = 3_600_000;

export interface KeyPoolOptions {
  readonly strategy: KeyStrategy;
  /** At least one. A provider without keys of its own counts as one. */
  readonly keys: readonly { readonly weight: number; readonly limits: RateLimits | undefined }[];
}

interface Affinity {
  readonly slot: KeySlot;
  at: number;
}

/**
 * Chooses among the keys of a provider. A conversation stays with its key as long as that is free, because the provider's prompt cache
 * belongs to the key's account; `fill-first` always prefers the first. Times are monotonic ms.
 */
export class KeyPool {
  readonly slots: readonly KeySlot[];
  readonly #only: KeySlot | undefined;
  readonly #strategy: KeyStrategy;
  readonly #sessions = new LruMap<string, Affinity>({ maxEntries: rememberedSessions });
  #cursor = 0;

  constructor({ strategy, keys }: KeyPoolOptions) {
    this.slots = keys.map(({ weight, limits }, index) => new KeySlot(index, weight, limits));
    this.#only = this.slots.length === 1 ? this.slots[0] : undefined;
    this.#strategy = strategy;
  }

  /** The key for a request of so many tokens, or undefined: none may be used now. */
  pick(session: string | undefined, tokens: number, now: number): KeySlot | undefined {
    const only = this.#only;
    if (only !== undefined) return only.wait(tokens, now) === 0 ? only : undefined;
    const known = session === undefined || this.#strategy === 'fill-first' ? undefined : this.#sessions.get(session);
    if (known !== undefined && now - known.at < forgetAfter && isWell(known.slot, tokens, now)) {
      known.at = now;
      return known.slot;
    }
    const well = this.slots.filter((slot) => isWell(slot, tokens, now));
    const chosen = well.length > 0 ? this.#choose(well) : this.#leastBad(tokens, now);
    if (chosen !== undefined && session !== undefined) this.#sessions.set(session, { slot: chosen, at: now });
    return chosen;
  }

  /** Whether a key that is well could take a request. */
  hasFree(tokens: number, now: number): boolean {
    return this.slots.some((slot) => isWell(slot, tokens, now));
  }

  /** ms until some key may be used. */
  wait(tokens: number, now: number): number {
    return Math.min(...this.slots.map((slot) => slot.wait(tokens, now)));
  }

  /** None is well: the one that will be soonest, when it may be used at all. The provider then says what is wrong. */
  #leastBad(tokens: number, now: number): KeySlot | undefined {
    const usable = this.slots.filter((slot) => slot.wait(tokens, now) === 0);
    return usable.sort((a, b) => a.restsUntil - b.restsUntil)[0];
  }

  #choose(well: readonly KeySlot[]): KeySlot | undefined {
    if (this.#strategy === 'fill-first') return well[0];
    return this.#strategy === 'weighted' ? this.#byWeight(well) : this.#inTurn(well);
  }

  #inTurn(well: readonly KeySlot[]): KeySlot | undefined {
    const chosen = well.find((slot) => slot.index >= this.#cursor) ?? well[0];
    this.#cursor = ((chosen?.index ?? 0) + 1) % this.slots.length;
    return chosen;
  }

  /** Smooth weighted turns: a heavy key comes often, but not several times in a row while others wait. */
  #byWeight(well: readonly KeySlot[]): KeySlot | undefined {
    let total = 0;
    let chosen: KeySlot | undefined;
    for (const slot of well) {
      slot.turn += slot.weight;
      total += slot.weight;
      if (chosen === undefined || slot.turn > chosen.turn) chosen = slot;
    }
    if (chosen !== undefined) chosen.turn -= total;
    return chosen;
  }
}

const isWell = (slot: KeySlot, tokens: number, now: number): boolean => slot.restsUntil <= now && slot.wait(tokens, now) === 0;
