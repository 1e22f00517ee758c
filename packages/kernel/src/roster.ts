interface Place<T> {
  readonly member: T;
  previous: Place<T> | undefined;
  next: Place<T> | undefined;
}

/**
 * Who is present, in the order of arrival, for members that come and go with every request.
 *
 * A `Set` or `Map` does not do for that: V8 gives it a new table every few dozen deletions and lets the old one point to the new one, so that
 * one old table, promoted, keeps everything alive that was ever a member until the next major collection (measured: a third of all that
 * requests allocate was promoted, and memory under load tripled). Here a place that is given up points nowhere.
 */
export class Roster<T> {
  #first: Place<T> | undefined;
  #last: Place<T> | undefined;
  #size = 0;

  get size(): number {
    return this.#size;
  }

  /** Adds a member; the function returned takes it out again, once. */
  add(member: T): () => void {
    const place: Place<T> = { member, previous: this.#last, next: undefined };
    if (this.#last === undefined) this.#first = place;
    else this.#last.next = place;
    this.#last = place;
    this.#size += 1;
    let present = true;
    return () => {
      if (!present) return;
      present = false;
      this.#remove(place);
    };
  }

  /** Those present now, oldest first. */
  members(): T[] {
    const members: T[] = [];
    for (let place = this.#first; place !== undefined; place = place.next) members.push(place.member);
    return members;
  }

  #remove(place: Place<T>): void {
    const { previous, next } = place;
    if (previous === undefined) this.#first = next;
    else previous.next = next;
    if (next === undefined) this.#last = previous;
    else next.previous = previous;
    place.previous = undefined;
    place.next = undefined;
    this.#size -= 1;
  }
}
