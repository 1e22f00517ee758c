import { createHash, createHmac } from 'node:crypto';
import { crc32 } from 'node:zlib';
import type { Behaviour, Exchange } from '@ccproxy/providers/testing';

/** A header of a frame whose value is text. */
const header = (name: string, value: string): Buffer => {
  const length = Buffer.alloc(2);
  length.writeUInt16BE(Buffer.byteLength(value));
  return Buffer.concat([Buffer.from([Buffer.byteLength(name)]), Buffer.from(name), Buffer.from([7]), length, Buffer.from(value)]);
};

/** Writes one frame of an event stream, headers and payload as they are. */
export function encodeFrame(headers: Buffer, payload: Buffer): Buffer {
  const head = Buffer.alloc(12);
  head.writeUInt32BE(16 + headers.length + payload.length, 0);
  head.writeUInt32BE(headers.length, 4);
  head.writeUInt32BE(crc32(head.subarray(0, 8)), 8);
  const rest = Buffer.concat([head, headers, payload]);
  const sum = Buffer.alloc(4);
  sum.writeUInt32BE(crc32(rest));
  return Buffer.concat([rest, sum]);
}

export const frame = (headers: Readonly<Record<string, string>>, payload: string | Buffer): Buffer =>
  encodeFrame(Buffer.concat(Object.entries(headers).map(([name, value]) => header(name, value))), Buffer.from(payload));

/** The frame that carries one event, with padding as Bedrock adds it. */
export const chunkFrame = (event: string): Buffer =>
  frame(
    { ':event-type': 'chunk', ':content-type': 'application/json', ':message-type': 'event' },
    JSON.stringify({ bytes: Buffer.from(event).toString('base64'), p: 'abcdefgh' }),
  );

export const exceptionFrame = (type: string, message: string): Buffer =>
  frame({ ':exception-type': type, ':content-type': 'application/json', ':message-type': 'exception' }, JSON.stringify({ message }));

/** The JSON of each event of an Anthropic stream. */
export const eventsOf = (frames: readonly string[]): string[] => frames.map((each) => /^data: (.*)$/mu.exec(each)?.[1] ?? '');

/** Sends frames in pieces of `size` bytes. */
export async function sendFrames({ response }: Exchange, frames: readonly Buffer[], size = 7): Promise<void> {
  response.writeHead(200, { 'content-type': 'application/vnd.amazon.eventstream', 'x-amzn-requestid': 'req-aws-1' });
  const bytes = Buffer.concat(frames);
  for (let at = 0; at < bytes.length; at += size) {
    response.write(bytes.subarray(at, at + size));
    if (at % (size * 16) === 0) await new Promise(setImmediate);
  }
  response.end();
}

const hex = (data: string | Buffer): string => createHash('sha256').update(data).digest('hex');
const mac = (key: string | Buffer, data: string): Buffer => createHmac('sha256', key).update(data).digest();

/**
 * What the service does with a signed request, step by step as the documentation of Signature Version 4 has it: takes apart the
 * Authorization header, rebuilds the canonical request from what arrived, and compares. Returns what is wrong, or undefined.
 */
function signatureProblem({ request }: Exchange, secret: string, region: string): string | undefined {
  const { headers, path, body, method } = request;
  const match =
    /^AWS4-HMAC-SHA256 Credential=([^/]+)\/(\d{8})\/([^/]+)\/bedrock\/aws4_request, SignedHeaders=([a-z0-9;-]+), Signature=([0-9a-f]{64})$/u.exec(
      headers.authorization ?? '',
    );
  if (match === null) return `no signature: ${headers.authorization ?? 'none'}`;
  const [, , day = '', signedRegion = '', names = '', signature = ''] = match;
  const stamp = String(headers['x-amz-date']);
  if (signedRegion !== region || !stamp.startsWith(day)) return 'another scope';
  for (const needed of ['host', 'x-amz-date']) if (!names.split(';').includes(needed)) return `${needed} is not signed`;
  if (headers['x-amz-security-token'] !== undefined && !names.includes('x-amz-security-token')) return 'the token is not signed';
  const canonical = [
    method,
    path
      .split('/')
      .map((segment) => encodeURIComponent(segment))
      .join('/'),
    '',
    ...names.split(';').map((name) => `${name}:${String(headers[name])}`),
    '',
    names,
    hex(body),
  ].join('\n');
  const toSign = ['AWS4-HMAC-SHA256', stamp, `${day}/${region}/bedrock/aws4_request`, hex(canonical)].join('\n');
  const key = mac(mac(mac(mac(`AWS4${secret}`, day), region), 'bedrock'), 'aws4_request');
  return mac(key, toSign).toString('hex') === signature ? undefined : 'the signature does not fit';
}

/** Answers a signed request with `then`, any other as the service does. */
export const signed =
  (secret: string, region: string, then: Behaviour): Behaviour =>
  (exchange) => {
    const problem = signatureProblem(exchange, secret, region);
    if (problem === undefined) return then(exchange);
    exchange.response.writeHead(403, { 'x-amzn-errortype': 'InvalidSignatureException:http://internal.amazon.com/' });
    exchange.response.end(JSON.stringify({ message: problem }));
    return undefined;
  };
