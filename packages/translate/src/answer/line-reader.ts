import { StringDecoder } from 'node:string_decoder';

export interface LineReaderOptions {
  /** Called for each line, without its line break. */
  readonly onLine: (line: string) => void;
  /** Longest line, in characters; also bounds what is held. */
  readonly maxLine: number;
}

/**
 * Cuts a byte stream into lines at LF, CRLF or CR, whatever the chunks: UTF-8 split between them stays whole, a leading
 * BOM is dropped. A chunk is decoded once, not once per line, which is what makes it fast.
 */
export interface LineReader {
  /** False when a line is too long: nothing is read any more. */
  push(chunk: Uint8Array): boolean;
  /** The bytes have ended: gives the line that has no line break, if any. */
  end(): boolean;
}

/** Bytes an unread concatenation takes, about. */
const pieceCost = 32;
const freePieces = 64 * 1024;

export function createLineReader({ onLine, maxLine }: LineReaderOptions): LineReader {
  const decoder = new StringDecoder('utf8');
  let rest = '';
  let pieces = 0;
  let first = true;
  let failed = false;

  const emit = (line: string): void => {
    if (line.includes('\r')) for (const part of line.split('\r')) onLine(part);
    else onLine(line);
  };
  /** A line that ended with LF, or with the stream: a CR before that belongs to its end. */
  const emitEnded = (line: string): void => emit(line.charCodeAt(line.length - 1) === 13 ? line.slice(0, -1) : line);
  const keep = (text: string): void => {
    rest += text;
    pieces += 1;
    // Thousands of tiny pieces weigh more than their text until somebody reads it.
    if (pieces * pieceCost > rest.length + freePieces) {
      rest.charCodeAt(0);
      pieces = 0;
    }
  };
  const read = (text: string): boolean => {
    let from = 0;
    for (let at = text.indexOf('\n'); at !== -1; at = text.indexOf('\n', from)) {
      const line = rest === '' ? text.slice(from, at) : rest + text.slice(from, at);
      rest = '';
      if (line.length > maxLine) return false;
      emitEnded(line);
      from = at + 1;
    }
    if (from < text.length) keep(from === 0 ? text : text.slice(from));
    // A stream that ends its lines with CR alone: all but the last one are whole. A CR at the very end may begin a CRLF.
    const carriage = text.length < 2 ? -1 : text.lastIndexOf('\r', text.length - 2);
    if (carriage >= from && carriage !== -1) {
      const cut = rest.lastIndexOf('\r', rest.length - 2);
      const whole = rest.slice(0, cut);
      rest = rest.slice(cut + 1);
      emit(whole);
    }
    return rest.length <= maxLine;
  };
  const feed = (text: string): boolean => {
    if (failed || text === '') return !failed;
    const begun = first && text.charCodeAt(0) === 0xfeff ? text.slice(1) : text;
    first = false;
    failed = !read(begun);
    if (failed) rest = '';
    return !failed;
  };
  return {
    push: (chunk) => feed(decoder.write(chunk)),
    end() {
      // What the decoder still holds is the beginning of a character: bytes that were cut off.
      if (!failed && rest !== '') emitEnded(rest);
      rest = '';
      return !failed;
    },
  };
}
