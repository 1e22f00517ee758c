import type { IncomingMessage } from 'node:http';
import { brotliDecompressSync, gunzipSync, inflateSync } from 'node:zlib';

export interface ReceivedBody {
  readonly raw: Buffer;
  /** Bytes after any content encoding was undone. */
  readonly bytes: number;
  readonly text: string;
  /** Parsed JSON, or undefined. */
  readonly json: unknown;
}

export async function readBody(request: IncomingMessage): Promise<ReceivedBody> {
  const chunks: Buffer[] = [];
  for await (const chunk of request) chunks.push(chunk as Buffer);
  const raw = Buffer.concat(chunks);
  const plain = decode(raw, request.headers['content-encoding']);
  const text = plain.toString('utf8');
  return { raw, bytes: plain.length, text, json: parse(text) };
}

function decode(raw: Buffer, encoding: string | undefined): Buffer {
  if (encoding === 'gzip') return gunzipSync(raw);
  if (encoding === 'br') return brotliDecompressSync(raw);
  return encoding === 'deflate' ? inflateSync(raw) : raw;
}

function parse(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    // Not JSON: the caller answers 400, and the text is in the log.
    return undefined;
  }
}
