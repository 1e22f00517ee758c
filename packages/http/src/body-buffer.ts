const empty = Buffer.alloc(0);
/** A client may announce a large body and never send it: memory grows with what came, not with what was announced. */
const firstAllocation = 4 * 1024 * 1024;
const unannouncedAllocation = 256 * 1024;

/**
 * Collects chunks. One chunk is returned as it is; several are copied into memory of the announced length, or, when that is unknown or
 * large, into memory that doubles.
 */
export class BodyBuffer {
  #buffer: Buffer = empty;
  #size = 0;
  readonly #announced: number;
  readonly #allocate: (size: number) => Buffer;

  /** @param announced bytes the client said it will send; 0 when it did not say */
  constructor(announced: number, allocate = (size: number): Buffer => Buffer.allocUnsafeSlow(size)) {
    this.#announced = announced;
    this.#allocate = allocate;
  }

  /** Bytes collected so far. */
  get size(): number {
    return this.#size;
  }

  push(chunk: Buffer): void {
    const end = this.#size + chunk.length;
    if (this.#size === 0) {
      this.#buffer = chunk;
    } else {
      if (end > this.#buffer.length) this.#grow(end);
      chunk.copy(this.#buffer, this.#size);
    }
    this.#size = end;
  }

  /** The bytes; a view of a larger memory when the length was not announced. */
  take(): Buffer {
    return this.#buffer.length === this.#size ? this.#buffer : this.#buffer.subarray(0, this.#size);
  }

  #grow(needed: number): void {
    const doubled = 2 * this.#buffer.length;
    const wanted =
      this.#announced > 0 ? Math.min(this.#announced, Math.max(firstAllocation, doubled)) : Math.max(unannouncedAllocation, doubled);
    const larger = this.#allocate(Math.max(needed, wanted));
    this.#buffer.copy(larger, 0, 0, this.#size);
    this.#buffer = larger;
  }
}
