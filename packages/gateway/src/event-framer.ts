import { ByteNeedle } from '@ccproxy/kernel';

const LF = 0x0a;
const CR = 0x0d;
/** `message_stop` and what its event may carry besides. */
const TAIL = 512;
/** Bytes that are joined with what came before them. More than `TAIL`, so that the last piece holds the end of a message. */
const SHORT = 4096;
const none: readonly Buffer[] = [];

/**
 * Cuts a byte stream at event borders without looking into the events: what it gives always ends with a whole event, so that a ping or an
 * error may be written at any time. Chunks that end at a border (nearly all do) pass through untouched, by reference.
 */
export class EventFramer {
  #partial: Buffer[] = [];
  #partialBytes = 0;

  /** Bytes of an event whose end has not come. */
  get pendingBytes(): number {
    return this.#partialBytes;
  }

  /** Everything up to the last event border, to be written without a pause between the pieces; none when this chunk completes no event. */
  push(chunk: Buffer): readonly Buffer[] {
    const end = this.#partialBytes === 0 ? lastBorder(chunk, chunk.length) : this.#borderBehindPartial(chunk);
    if (end === 0) {
      this.#keep(chunk);
      return none;
    }
    const whole = end === chunk.length ? chunk : chunk.subarray(0, end);
    const begun = this.#partial;
    this.#partial = [];
    this.#partialBytes = 0;
    if (end < chunk.length) this.#keep(ownOf(chunk, end));
    if (begun.length === 0) return [whole];
    // A long read is not copied for the sake of a beginning.
    return whole.length > SHORT ? [Buffer.concat(begun), whole] : [Buffer.concat([...begun, whole])];
  }

  /** The bytes of the unfinished event; it is empty afterwards. */
  rest(): Buffer {
    const rest = Buffer.concat(this.#partial);
    this.#partial = [];
    this.#partialBytes = 0;
    return rest;
  }

  #keep(chunk: Buffer): void {
    this.#partial.push(chunk);
    this.#partialBytes += chunk.length;
    if (this.#partial.length > 64) this.#partial = [Buffer.concat(this.#partial)];
  }

  /** A border may lie across the seam: its first bytes came with the chunk before. */
  #borderBehindPartial(chunk: Buffer): number {
    const inside = lastBorder(chunk, chunk.length);
    if (inside > 0) return inside;
    const seam = Buffer.concat([this.#lastBytes(), chunk.subarray(0, 2)]);
    const border = lastBorder(seam, seam.length);
    return Math.max(0, border - (seam.length - Math.min(2, chunk.length)));
  }

  #lastBytes(): Buffer {
    const last = this.#partial.at(-1) ?? Buffer.alloc(0);
    return (last.length > 1 ? last : Buffer.concat(this.#partial.slice(-3))).subarray(-2);
  }
}

/**
 * The bytes from `start` on; a short end of a long read is copied, so that the rest of the read can go while more is waited for. Not into Node's
 * pool, whose 64 KB stay for as long as any piece of them does.
 */
function ownOf(chunk: Buffer, start: number): Buffer {
  const rest = chunk.subarray(start);
  if (rest.length * 4 >= chunk.length) return rest;
  const own = Buffer.allocUnsafeSlow(rest.length);
  rest.copy(own);
  return own;
}

/** Offset behind the last empty line, LF or CRLF, within the first `length` bytes; 0 when there is none. */
function lastBorder(bytes: Buffer, length: number): number {
  // Nearly always: no search for it.
  if (length > 1 && bytes[length - 1] === LF && bytes[length - 2] === LF) return length;
  for (let at = bytes.lastIndexOf(LF, length - 1); at > 0; at = bytes.lastIndexOf(LF, at - 1)) {
    const before = bytes[at - 1];
    if (before === LF || (before === CR && at > 1 && bytes[at - 2] === LF)) return at + 1;
  }
  return 0;
}

const STOP = new ByteNeedle('event: message_stop', 'ge_stop');

/**
 * Whether whole events end the message. Cannot be fooled by content: JSON escapes line breaks, so only a real field begins a line.
 * `pieces` is what `EventFramer.push` gave.
 */
export function endsMessage(pieces: readonly Buffer[]): boolean {
  const events = pieces.at(-1);
  if (events === undefined) return false;
  const at = STOP.indexIn(events, Math.max(0, events.length - TAIL));
  return at === 0 || (at > 0 && events[at - 1] === LF);
}
