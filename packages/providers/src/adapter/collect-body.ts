import { errors } from '../errors.js';

/** Reads a body as a whole. Throws CCP_UPSTREAM_TOO_LARGE above `limit` bytes, and what reading throws. */
export async function collectBody(body: AsyncIterable<Uint8Array>, limit: number): Promise<Buffer> {
  const chunks: Uint8Array[] = [];
  let bytes = 0;
  for await (const chunk of body) {
    bytes += chunk.length;
    if (bytes > limit) throw errors.CCP_UPSTREAM_TOO_LARGE({ message: `the answer has more than ${limit} bytes` });
    chunks.push(chunk);
  }
  return Buffer.concat(chunks);
}
