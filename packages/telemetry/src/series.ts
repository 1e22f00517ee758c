export type Labels = Readonly<Record<string, string>>;

/** The series of one metric by label values, bounded: one beyond the bound shares the series whose labels all read `other`. */
export class Series<Value> {
  readonly #names: readonly string[];
  readonly #max: number;
  readonly #create: () => Value;
  readonly #byKey = new Map<string, { readonly labels: Labels; readonly value: Value }>();

  constructor(names: readonly string[], max: number, create: () => Value) {
    this.#names = names;
    this.#max = max;
    this.#create = create;
  }

  /** The value kept for these labels; labels that were not declared are ignored, missing ones are empty. */
  get(labels: Labels | undefined): Value {
    let key = '';
    for (const name of this.#names) key += `${labels?.[name] ?? ''}\0`;
    return (this.#byKey.get(key) ?? this.#add(key, labels)).value;
  }

  entries(): Iterable<{ readonly labels: Labels; readonly value: Value }> {
    return this.#byKey.values();
  }

  #add(key: string, labels: Labels | undefined): { readonly labels: Labels; readonly value: Value } {
    // The last place belongs to `other`, whether or not it is taken yet.
    const full = this.#names.length > 0 && this.#byKey.size >= this.#max - 1;
    const finalKey = full ? 'other\0'.repeat(this.#names.length) : key;
    const existing = this.#byKey.get(finalKey);
    if (existing !== undefined) return existing;
    const own = Object.fromEntries(this.#names.map((name) => [name, full ? 'other' : (labels?.[name] ?? '')]));
    const entry = { labels: own, value: this.#create() };
    this.#byKey.set(finalKey, entry);
    return entry;
  }
}
