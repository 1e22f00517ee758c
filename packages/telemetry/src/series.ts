export type Labels = Readonly<Record<string, string>>;

interface Entry<Value> {
  readonly labels: Labels;
  readonly value: Value;
}

/** One step on the way to a series: by the value of one label to the next, an entry at the end. */
class Branch<Value> {
  readonly next = new Map<string, Branch<Value>>();
  entry: Entry<Value> | undefined;
}

/** The series of one metric by label values, bounded: one beyond the bound shares the series whose labels all read `other`. */
export class Series<Value> {
  readonly #names: readonly string[];
  readonly #max: number;
  readonly #create: () => Value;
  readonly #root = new Branch<Value>();
  readonly #entries: Entry<Value>[] = [];

  constructor(names: readonly string[], max: number, create: () => Value) {
    this.#names = names;
    this.#max = max;
    this.#create = create;
  }

  /** The value kept for these labels; labels that were not declared are ignored, missing ones are empty. */
  get(labels: Labels | undefined): Value {
    // Label by label: a joined key would be built and hashed anew for every count.
    let branch: Branch<Value> | undefined = this.#root;
    for (let index = 0; index < this.#names.length && branch !== undefined; index += 1) {
      branch = branch.next.get(labels?.[this.#names[index] ?? ''] ?? '');
    }
    return (branch?.entry ?? this.#add(labels)).value;
  }

  entries(): Iterable<Entry<Value>> {
    return this.#entries;
  }

  #add(labels: Labels | undefined): Entry<Value> {
    // The last place belongs to `other`, whether or not it is taken yet.
    const full = this.#names.length > 0 && this.#entries.length >= this.#max - 1;
    const own = Object.fromEntries(this.#names.map((name) => [name, full ? 'other' : (labels?.[name] ?? '')]));
    const branch = this.#grow(own);
    if (branch.entry !== undefined) return branch.entry;
    branch.entry = { labels: own, value: this.#create() };
    this.#entries.push(branch.entry);
    return branch.entry;
  }

  #grow(labels: Labels): Branch<Value> {
    let branch = this.#root;
    for (const name of this.#names) {
      const value = labels[name] ?? '';
      const next = branch.next.get(value) ?? new Branch<Value>();
      branch.next.set(value, next);
      branch = next;
    }
    return branch;
  }
}
