import { randomBytes as systemRandomBytes } from 'node:crypto';

const alphabet = '0123456789abcdefghjkmnpqrstvwxyz';

/**
 * An id that sorts by time: `<prefix>_` + 10 characters of ms since the epoch + 16 random ones (80 bits), Crockford base 32 as in ULID,
 * lower case. Not a secret.
 */
export function newId(prefix: string, randomBytes: (size: number) => Uint8Array = systemRandomBytes, now: number = Date.now()): string {
  let time = '';
  for (let rest = now, i = 0; i < 10; i++, rest = Math.floor(rest / 32)) time = alphabet.charAt(rest % 32) + time;
  let random = '';
  for (const byte of randomBytes(16)) random += alphabet.charAt(byte & 31);
  return `${prefix}_${time}${random}`;
}
