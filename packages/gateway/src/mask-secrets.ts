const MASK = 0x2a;
/** Shorter values occur by chance; the redactor ignores them too. */
const SHORTEST = 8;

/** The bytes to look for: a secret as it is, when it is long enough to mean itself. */
export const secretNeedles = (secrets: readonly string[]): Buffer[] =>
  [...new Set(secrets)].filter((secret) => secret.length >= SHORTEST).map((secret) => Buffer.from(secret));

/**
 * Overwrites every occurrence of a local secret in place with asterisks of the same length (law 1: bytes equal to a loaded secret never
 * leave). Same length, because the document around it must stay valid and its offsets right. Returns how many were found.
 */
export function maskSecrets(bytes: Buffer, needles: readonly Buffer[]): number {
  let found = 0;
  for (const needle of needles) {
    for (let at = bytes.indexOf(needle); at !== -1; at = bytes.indexOf(needle, at + needle.length)) {
      bytes.fill(MASK, at, at + needle.length);
      found += 1;
    }
  }
  return found;
}
