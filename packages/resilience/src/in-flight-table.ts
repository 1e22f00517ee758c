const slots = 256;

/** Where a member stands; given back to `remove`. */
export interface InFlightPlace<T> {
  readonly member: T;
  readonly fingerprint: number;
  previous: InFlightPlace<T> | undefined;
  next: InFlightPlace<T> | undefined;
}

/**
 * Requests that are being answered, found by a number made of their bytes. Linked lists in a fixed number of slots rather than a Map: what
 * comes and goes with every request must not turn over a table that outlives it (see `Roster` of the kernel).
 */
export class InFlightTable<T> {
  readonly #slots: (InFlightPlace<T> | undefined)[] = Array.from({ length: slots }, () => undefined);

  add(fingerprint: number, member: T): InFlightPlace<T> {
    const slot = fingerprint & (slots - 1);
    const next = this.#slots[slot];
    const place: InFlightPlace<T> = { member, fingerprint, previous: undefined, next };
    if (next !== undefined) next.previous = place;
    this.#slots[slot] = place;
    return place;
  }

  /** The newest member of that number that is the same. */
  find(fingerprint: number, same: (member: T) => boolean): T | undefined {
    for (let place = this.#slots[fingerprint & (slots - 1)]; place !== undefined; place = place.next) {
      if (place.fingerprint === fingerprint && same(place.member)) return place.member;
    }
    return undefined;
  }

  /** Takes a member out; once. */
  remove(place: InFlightPlace<T>): void {
    const { previous, next } = place;
    if (previous === undefined) this.#slots[place.fingerprint & (slots - 1)] = next;
    else previous.next = next;
    if (next !== undefined) next.previous = previous;
    place.previous = undefined;
    place.next = undefined;
  }
}

/** A number made of the length and four places of a body: equal bodies have the same one, and others rarely. Constant time. */
export function fingerprintOf(body: Buffer): number {
  const { length } = body;
  if (length < 4) return length;
  const step = Math.floor((length - 4) / 4);
  let value = length;
  for (let place = 1; place <= 4; place += 1) value = (Math.imul(value, 0x01000193) ^ body.readInt32LE(place * step)) | 0;
  return (value ^ (value >>> 15)) >>> 0;
}
