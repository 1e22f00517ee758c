/** Collects an answer that is read as a whole. */
export class BoundedBody {
  readonly #limit: number;
  readonly #chunks: Buffer[] = [];
  #bytes = 0;

  /** @param limit bytes; what goes beyond is not kept */
  constructor(limit: number) {
    this.#limit = limit;
  }

  /** False: the limit is passed and nothing is kept any more. */
  push(chunk: Buffer): boolean {
    this.#bytes += chunk.length;
    if (this.#bytes <= this.#limit) this.#chunks.push(chunk);
    else this.#chunks.length = 0;
    return this.#bytes <= this.#limit;
  }

  take(): Buffer {
    const [first] = this.#chunks;
    return this.#chunks.length === 1 && first !== undefined ? first : Buffer.concat(this.#chunks);
  }
}
