export interface LruMapOptions<Key, Value> {
  /** Most entries it keeps. */
  readonly maxEntries: number;
  /** Most weight it keeps, in the unit of `weigh`; an entry heavier than that alone is not kept. */
  readonly maxWeight?: number;
  /** Weight of an entry; 1 when absent. */
  readonly weigh?: (value: Value, key: Key) => number;
  /** Called for each entry pushed out by the bounds, not for deletes. */
  readonly onEvict?: (value: Value, key: Key) => void;
}

/** A map that forgets what was not used for longest, bounded in entries and optionally in weight. */
export class LruMap<Key, Value> {
  readonly #options: LruMapOptions<Key, Value>;
  readonly #entries = new Map<Key, { readonly value: Value; readonly weight: number }>();
  #weight = 0;

  constructor(options: LruMapOptions<Key, Value>) {
    this.#options = options;
  }

  get size(): number {
    return this.#entries.size;
  }

  /** Sum of the weights of all entries. */
  get weight(): number {
    return this.#weight;
  }

  has(key: Key): boolean {
    return this.#entries.has(key);
  }

  /** The value, which becomes the most recently used. */
  get(key: Key): Value | undefined {
    const entry = this.#entries.get(key);
    if (entry === undefined) return undefined;
    this.#entries.delete(key);
    this.#entries.set(key, entry);
    return entry.value;
  }

  /** The value without touching its place. */
  peek(key: Key): Value | undefined {
    return this.#entries.get(key)?.value;
  }

  set(key: Key, value: Value): this {
    this.delete(key);
    const weight = this.#options.weigh?.(value, key) ?? 1;
    this.#entries.set(key, { value, weight });
    this.#weight += weight;
    this.#evict();
    return this;
  }

  delete(key: Key): boolean {
    const entry = this.#entries.get(key);
    if (entry === undefined) return false;
    this.#weight -= entry.weight;
    return this.#entries.delete(key);
  }

  clear(): void {
    this.#entries.clear();
    this.#weight = 0;
  }

  /** Keys, least recently used first. */
  keys(): IterableIterator<Key> {
    return this.#entries.keys();
  }

  /** Entries, least recently used first. */
  *entries(): IterableIterator<[Key, Value]> {
    for (const [key, entry] of this.#entries) yield [key, entry.value];
  }

  #evict(): void {
    const { maxEntries, maxWeight = Number.POSITIVE_INFINITY, onEvict } = this.#options;
    for (const [key, entry] of this.#entries) {
      if (this.#entries.size <= maxEntries && this.#weight <= maxWeight) return;
      this.delete(key);
      onEvict?.(entry.value, key);
    }
  }
}
