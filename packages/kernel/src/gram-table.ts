const gram = 4;
/** Larger steps gain nothing and fill the table. */
const maxStep = 24;

/**
 * A bit table over groups of four characters that tells in one pass, which costs the same however many needles there are, whether a text may
 * hold one of them. Of the text only every `step`-th group is looked up: each needle put its first `step` groups in, so wherever it stands one
 * of them is met.
 */
export class GramTable {
  /** Distance between looks; the shortest needle allows no more. */
  readonly step: number;
  readonly #bits: Uint8Array;
  readonly #mask: number;

  /** Takes how long the shortest needle is (at least 4) and how many there will be. */
  constructor(shortest: number, needles: number) {
    this.step = Math.max(1, Math.min(maxStep, shortest - gram + 1));
    const size = Math.min(20, Math.max(13, Math.ceil(Math.log2(needles * this.step + 1)) + 8));
    this.#mask = 2 ** size - 1;
    this.#bits = new Uint8Array(2 ** (size - 3));
  }

  /** Puts a group in. */
  add(a: number, b: number, c: number, d: number): void {
    const bit = mix(a, b, c, d) & this.#mask;
    this.#bits[bit >> 3] = (this.#bits[bit >> 3] ?? 0) | (1 << (bit & 7));
  }

  /** False: the group was certainly not put in. */
  has(a: number, b: number, c: number, d: number): boolean {
    const bit = mix(a, b, c, d) & this.#mask;
    return ((this.#bits[bit >> 3] ?? 0) & (1 << (bit & 7))) !== 0;
  }
}

function mix(a: number, b: number, c: number, d: number): number {
  const mixed = Math.imul(a | (b << 8) | (c << 16) | (d << 24), 0x9e3779b1);
  return mixed ^ (mixed >>> 15);
}
