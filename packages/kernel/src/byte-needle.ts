/** Longest pattern Node searches for with memchr; longer ones take its slower general search (measured: a third of the speed). */
const longestPiece = 7;

/**
 * A text that is searched for in many bytes by a short piece of it. Choose a piece that begins with a character that is rare where it is
 * searched: every occurrence of that character is looked at.
 */
export class ByteNeedle {
  readonly bytes: Buffer;
  readonly #piece: Buffer;
  readonly #offset: number;

  /** @param piece part of `text`, at most 7 bytes; both Latin-1, neither empty */
  constructor(text: string, piece: string) {
    this.bytes = Buffer.from(text, 'latin1');
    this.#piece = Buffer.from(piece, 'latin1');
    this.#offset = text.indexOf(piece);
    if (this.#offset < 0 || piece.length === 0 || piece.length > longestPiece) throw new RangeError(`"${piece}" is no piece of "${text}"`);
  }

  /** Offset of the first occurrence that begins at `from` or later; -1 when there is none. */
  indexIn(haystack: Buffer, from = 0): number {
    const { bytes } = this;
    for (let at = haystack.indexOf(this.#piece, from + this.#offset); at !== -1; at = haystack.indexOf(this.#piece, at + 1)) {
      const start = at - this.#offset;
      if (haystack.compare(bytes, 0, bytes.length, start, Math.min(haystack.length, start + bytes.length)) === 0) return start;
    }
    return -1;
  }
}
