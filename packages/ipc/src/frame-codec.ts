import type { Frame } from './envelope.js';
import { errors } from './errors.js';

/** Ends a frame. JSON escapes it inside strings, so it never occurs in one (node-ipc's framing). */
export const FRAME_END = '\f';
/** Longest `type` that is looked at; the real ones have seven letters at most. */
const TYPE_LENGTH = 64;

/** Why bytes on the channel were no frame. */
export type FrameViolation = 'not-json' | 'not-a-frame' | 'too-large' | 'incomplete';

/** A frame as text, without its end mark; raises `CCP_IPC_TOO_LARGE` above `maxBytes` of UTF-8. */
export function encodeFrame(frame: Frame, maxBytes: number): string {
  const text = JSON.stringify({ type: frame.type, data: frame.data ?? {} });
  const bytes = Buffer.byteLength(text);
  if (bytes > maxBytes) throw frameTooLarge(frame.type, bytes, maxBytes);
  return text;
}

export const frameTooLarge = (type: string, bytes: number, maxBytes: number): ReturnType<typeof errors.CCP_IPC_TOO_LARGE> =>
  errors.CCP_IPC_TOO_LARGE({
    message: `A ${type} frame of ${bytes} bytes is over the limit of ${maxBytes}.`,
    details: { bytes, maxBytes },
  });

function parseFrame(text: string): Frame | FrameViolation {
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch {
    return 'not-json'; // the only thing JSON.parse throws for
  }
  if (typeof value !== 'object' || value === null || Array.isArray(value) || !Object.hasOwn(value, 'type')) return 'not-a-frame';
  const { type, data } = value as { type: unknown; data?: unknown };
  if (typeof type !== 'string' || type === '' || type.length > TYPE_LENGTH) return 'not-a-frame';
  return { type, data };
}

/**
 * Cuts a stream of text into frames. Every character is looked at once, however the stream is split; what is kept
 * of an unfinished frame never exceeds `maxBytes` of UTF-8. After a violation the rest is ignored.
 */
export class FrameDecoder {
  readonly #maxBytes: number;
  #pieces: string[] = [];
  #bytes = 0;
  #failed = false;

  constructor(maxBytes: number) {
    this.#maxBytes = maxBytes;
  }

  /** True while a frame has begun and not ended. */
  get partial(): boolean {
    return this.#bytes > 0;
  }

  /** Takes the next text; calls `receive` for each frame completed by it. Returns the first violation. */
  push(text: string, receive: (frame: Frame) => void): FrameViolation | undefined {
    if (this.#failed) return undefined;
    let start = 0;
    for (let end = text.indexOf(FRAME_END); end !== -1; end = text.indexOf(FRAME_END, start)) {
      const whole = this.#keep(text.slice(start, end)) ? parseFrame(this.#take()) : 'too-large';
      if (typeof whole === 'string') return this.#fail(whole);
      receive(whole);
      start = end + 1;
    }
    return this.#keep(text.slice(start)) ? undefined : this.#fail('too-large');
  }

  #keep(piece: string): boolean {
    if (piece === '') return true;
    this.#bytes += Buffer.byteLength(piece);
    this.#pieces.push(piece);
    return this.#bytes <= this.#maxBytes;
  }

  #take(): string {
    const text = this.#pieces.join('');
    this.#pieces = [];
    this.#bytes = 0;
    return text;
  }

  #fail(violation: FrameViolation): FrameViolation {
    this.#take();
    this.#failed = true;
    return violation;
  }
}
