import type { SseEvent } from './sse-event.js';

export interface SseDecoderOptions {
  /** Largest event, in bytes of its lines; also bounds what is buffered. Default 16 MiB. */
  readonly maxEventBytes?: number;
}

/** `events` are the complete ones before the failure; after a failure the decoder stays failed. */
export type SseDecoded =
  | { readonly ok: true; readonly events: readonly SseEvent[] }
  | { readonly ok: false; readonly reason: 'event-too-large'; readonly message: string; readonly events: readonly SseEvent[] };

const lineFeed = 0x0a;
const carriageReturn = 0x0d;
/** A line buffer above this size is given back after its line. */
const keptLineBytes = 64 * 1024;

/**
 * Decodes server-sent events (WHATWG HTML §9.2.6) from chunks cut anywhere: CRLF, CR or LF, a leading BOM, comments,
 * UTF-8 split between chunks. Unlike the specification, `end` also gives an event whose final blank line is missing,
 * because some providers leave it out (translation.md row 119), and `id` is reported only on the event that had it.
 */
export class SseDecoder {
  readonly #maxEventBytes: number;
  /** The beginning of a line that spans chunks; grows by doubling, so that any chunking stays linear. */
  #line = Buffer.alloc(0);
  #lineBytes = 0;
  /** The last chunk ended with CR: a LF that begins the next one belongs to it. */
  #afterCarriageReturn = false;
  #firstLine = true;
  #event: PendingEvent = {};
  #eventBytes = 0;
  #failed = false;

  constructor(options: SseDecoderOptions = {}) {
    this.#maxEventBytes = options.maxEventBytes ?? 16 * 1024 * 1024;
  }

  /** The events this chunk completes, in order. */
  push(chunk: Uint8Array): SseDecoded {
    const events: SseEvent[] = [];
    let at = 0;
    let feed = chunk.indexOf(lineFeed);
    let carriage = chunk.indexOf(carriageReturn);
    while (at < chunk.length && !this.#failed) {
      if (this.#afterCarriageReturn) {
        this.#afterCarriageReturn = false;
        if (chunk[at] === lineFeed) {
          at += 1;
          continue;
        }
      }
      if (feed !== -1 && feed < at) feed = chunk.indexOf(lineFeed, at);
      if (carriage !== -1 && carriage < at) carriage = chunk.indexOf(carriageReturn, at);
      const end = feed === -1 || (carriage !== -1 && carriage < feed) ? carriage : feed;
      const piece = asBuffer(chunk.subarray(at, end === -1 ? chunk.length : end));
      this.#eventBytes += piece.length;
      if (this.#eventBytes > this.#maxEventBytes) this.#fail();
      else if (end === -1) this.#keep(piece);
      else this.#endLine(piece, events);
      if (end === -1) break;
      this.#afterCarriageReturn = end === carriage;
      at = end + 1;
    }
    return this.#result(events);
  }

  /** The stream has ended: the event that is still open, if any. */
  end(): SseDecoded {
    const events: SseEvent[] = [];
    if (!this.#failed) {
      if (this.#lineBytes > 0) this.#endLine(Buffer.alloc(0), events);
      this.#dispatch(events);
    }
    return this.#result(events);
  }

  #result(events: readonly SseEvent[]): SseDecoded {
    if (!this.#failed) return { ok: true, events };
    return { ok: false, reason: 'event-too-large', message: `an event exceeds ${this.#maxEventBytes} bytes`, events };
  }

  #fail(): void {
    this.#failed = true;
    this.#line = Buffer.alloc(0);
    this.#event = {};
  }

  #keep(piece: Buffer): void {
    const needed = this.#lineBytes + piece.length;
    if (needed > this.#line.length) {
      const grown = Buffer.allocUnsafeSlow(Math.max(needed, 2 * this.#line.length));
      this.#line.copy(grown, 0, 0, this.#lineBytes);
      this.#line = grown;
    }
    piece.copy(this.#line, this.#lineBytes);
    this.#lineBytes = needed;
  }

  #endLine(piece: Buffer, events: SseEvent[]): void {
    let bytes = piece;
    if (this.#lineBytes > 0) {
      this.#keep(piece);
      bytes = this.#line.subarray(0, this.#lineBytes);
      this.#lineBytes = 0;
      if (this.#line.length > keptLineBytes) this.#line = Buffer.alloc(0);
    }
    const bom = this.#firstLine && bytes[0] === 0xef && bytes[1] === 0xbb && bytes[2] === 0xbf;
    this.#firstLine = false;
    const line = bytes.toString('utf8', bom ? 3 : 0);
    if (line === '') this.#dispatch(events);
    else if (!line.startsWith(':')) readField(this.#event, line);
    else this.#eventBytes -= bytes.length;
  }

  #dispatch(events: SseEvent[]): void {
    const { name, data, id, retry } = this.#event;
    this.#event = {};
    this.#eventBytes = 0;
    if (data === undefined) return;
    const event = name === undefined || name === '' ? 'message' : name;
    events.push({ event, data: data.join('\n'), ...(id === undefined ? {} : { id }), ...(retry === undefined ? {} : { retry }) });
  }
}

interface PendingEvent {
  name?: string;
  data?: string[];
  id?: string;
  retry?: number;
}

function readField(event: PendingEvent, line: string): void {
  const colon = line.indexOf(':');
  const field = colon === -1 ? line : line.slice(0, colon);
  const value = colon === -1 ? '' : line.slice(line[colon + 1] === ' ' ? colon + 2 : colon + 1);
  if (field === 'data') (event.data ??= []).push(value);
  else if (field === 'event') event.name = value;
  else if (field === 'id' && !value.includes('\0')) event.id = value;
  else if (field === 'retry' && /^\d{1,15}$/.test(value)) event.retry = Number(value);
}

const asBuffer = (bytes: Uint8Array): Buffer =>
  Buffer.isBuffer(bytes) ? bytes : Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength);
