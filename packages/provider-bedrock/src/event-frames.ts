import { crc32 } from 'node:zlib';
import { providersErrors } from '@ccproxy/providers';

/** One message of an event stream. */
export interface EventFrame {
  /** Those whose value is text, by name. */
  readonly headers: Readonly<Record<string, string>>;
  readonly payload: Buffer;
}

/** Lengths of the fixed parts, bytes: total length, length of the headers, their checksum; at the end that of the message. */
const preludeBytes = 12;
const checksumBytes = 4;
/** Limits of the encoding (smithy.io, "Amazon Event Stream Specification"). */
const mostHeaderBytes = 128 * 1024;
const mostPayloadBytes = 24 * 1024 * 1024;
const most = preludeBytes + mostHeaderBytes + mostPayloadBytes + checksumBytes;
/** Lengths of header values by type; -1: two bytes of length, then the value. */
const valueBytes: readonly number[] = [0, 0, 1, 2, 4, 8, -1, -1, 8, 16];
const stringType = 7;

const broken = (what: string) => providersErrors.CCP_UPSTREAM_MALFORMED({ message: `the event stream of Bedrock ${what}` });

/**
 * Reads the frames of `application/vnd.amazon.eventstream` (smithy.io, "Amazon Event Stream Specification"), however the bytes are cut.
 * Throws CCP_UPSTREAM_MALFORMED for a checksum that does not fit, a length no frame has, and an end within a frame.
 */
export async function* readEventFrames(chunks: AsyncIterable<Uint8Array>): AsyncGenerator<EventFrame> {
  let pieces: Buffer[] = [];
  let held = 0;
  let wanted = preludeBytes;
  for await (const chunk of chunks) {
    if (chunk.length === 0) continue;
    pieces.push(Buffer.from(chunk.buffer, chunk.byteOffset, chunk.length));
    held += chunk.length;
    if (held < wanted) continue;
    let bytes = pieces.length === 1 && pieces[0] !== undefined ? pieces[0] : Buffer.concat(pieces);
    for (;;) {
      wanted = bytes.length < preludeBytes ? preludeBytes : frameLength(bytes);
      if (bytes.length < wanted || wanted === preludeBytes) break;
      yield readFrame(bytes.subarray(0, wanted));
      bytes = bytes.subarray(wanted);
    }
    pieces = bytes.length === 0 ? [] : [bytes];
    held = bytes.length;
  }
  if (held > 0) throw broken('ended in the middle of a frame');
}

/** Length of the frame that begins here; its prelude is checked before anything is believed. */
function frameLength(bytes: Buffer): number {
  if (crc32(bytes.subarray(0, 8)) !== bytes.readUInt32BE(8)) throw broken('has a frame whose head fails its checksum');
  const total = bytes.readUInt32BE(0);
  const headers = bytes.readUInt32BE(4);
  if (total > most || headers > mostHeaderBytes || total < preludeBytes + headers + checksumBytes) {
    throw broken('has a frame of an impossible length');
  }
  return total;
}

function readFrame(frame: Buffer): EventFrame {
  const end = frame.length - checksumBytes;
  if (crc32(frame.subarray(0, end)) !== frame.readUInt32BE(end)) throw broken('has a frame that fails its checksum');
  const start = preludeBytes + frame.readUInt32BE(4);
  return { headers: readHeaders(frame.subarray(preludeBytes, start)), payload: frame.subarray(start, end) };
}

function readHeaders(bytes: Buffer): Record<string, string> {
  const headers: Record<string, string> = {};
  let at = 0;
  /** The next `count` bytes. */
  const take = (count: number): Buffer => {
    const piece = bytes.subarray(at, at + count);
    if (piece.length < count) throw broken('has a frame with cut-off headers');
    at += count;
    return piece;
  };
  while (at < bytes.length) {
    const name = take(take(1).readUInt8()).toString('utf8');
    const type = take(1).readUInt8();
    const fixed = valueBytes[type];
    if (fixed === undefined) throw broken('has a frame with a header of an unknown type');
    const value = take(fixed === -1 ? take(2).readUInt16BE() : fixed);
    if (type === stringType) headers[name] = value.toString('utf8');
  }
  return headers;
}
