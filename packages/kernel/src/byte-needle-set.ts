import { GramTable } from './gram-table.js';

interface Place {
  readonly needle: Buffer;
  /** Where in the needle the group stands. */
  readonly offset: number;
}

/** Tells whether bytes hold any of many exact values, each at least 4 bytes: one pass over a small part of the bytes, however many there are. */
export class ByteNeedleSet {
  readonly #table: GramTable;
  readonly #places = new Map<number, Place[]>();

  constructor(needles: readonly Buffer[]) {
    const shortest = Math.min(...needles.map((needle) => needle.length));
    this.#table = new GramTable(needles.length === 0 ? 0 : shortest, needles.length);
    for (const needle of needles) for (let offset = 0; offset < this.#table.step; offset++) this.#add({ needle, offset });
  }

  isIn(bytes: Uint8Array): boolean {
    if (this.#places.size === 0) return false;
    const table = this.#table;
    for (let i = 0; i + 4 <= bytes.length; i += table.step) {
      if (table.has(bytes[i] ?? 0, bytes[i + 1] ?? 0, bytes[i + 2] ?? 0, bytes[i + 3] ?? 0) && this.#isAt(bytes, i)) return true;
    }
    return false;
  }

  #add(place: Place): void {
    const { needle, offset } = place;
    this.#table.add(needle[offset] ?? 0, needle[offset + 1] ?? 0, needle[offset + 2] ?? 0, needle[offset + 3] ?? 0);
    const group = needle.readInt32LE(offset);
    this.#places.set(group, [...(this.#places.get(group) ?? []), place]);
  }

  #isAt(bytes: Uint8Array, at: number): boolean {
    const group = (bytes[at] ?? 0) | ((bytes[at + 1] ?? 0) << 8) | ((bytes[at + 2] ?? 0) << 16) | ((bytes[at + 3] ?? 0) << 24);
    const places = this.#places.get(group) ?? [];
    return places.some(({ needle, offset }) => at >= offset && needle.equals(bytes.subarray(at - offset, at - offset + needle.length)));
  }
}
