import { localTokenBody, localTokenPrefix } from '@ccproxy/http';

const MASK = 0x2a;
/** Shorter values occur by chance; the redactor ignores them too. */
const SHORTEST = 8;

/** The bytes to look for: a secret as it is, when it is long enough to mean itself. */
export const secretNeedles = (secrets: readonly string[]): Buffer[] =>
  [...new Set(secrets)].filter((secret) => secret.length >= SHORTEST).map((secret) => Buffer.from(secret));

const tokenPrefix = Buffer.from(localTokenPrefix);
const isBase64Url = (byte: number | undefined): boolean =>
  byte !== undefined &&
  ((byte >= 0x61 && byte <= 0x7a) || (byte >= 0x41 && byte <= 0x5a) || (byte >= 0x30 && byte <= 0x39) || byte === 0x2d || byte === 0x5f);

/**
 * Masks whatever has the form of a session's token, also of sessions that ended: the token is in the environment of the client's tools, so
 * it can get into a conversation, and a resumed conversation has to stay the same bytes.
 */
function maskLocalTokens(bytes: Buffer): number {
  let found = 0;
  for (let at = bytes.indexOf(tokenPrefix); at !== -1; at = bytes.indexOf(tokenPrefix, at + 1)) {
    const start = at + tokenPrefix.length;
    let end = start;
    while (end - start < localTokenBody && isBase64Url(bytes[end])) end += 1;
    if (end - start < localTokenBody) continue;
    bytes.fill(MASK, at, end);
    found += 1;
  }
  return found;
}

/**
 * Overwrites every occurrence of a local secret in place with asterisks of the same length (law 1: bytes equal to a loaded secret never
 * leave). Same length, because the document around it must stay valid and its offsets right. Returns how many were found.
 */
export function maskSecrets(bytes: Buffer, needles: readonly Buffer[]): number {
  let found = maskLocalTokens(bytes);
  for (const needle of needles) {
    for (let at = bytes.indexOf(needle); at !== -1; at = bytes.indexOf(needle, at + needle.length)) {
      bytes.fill(MASK, at, at + needle.length);
      found += 1;
    }
  }
  return found;
}
