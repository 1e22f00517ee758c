import { hash, randomBytes, timingSafeEqual } from 'node:crypto';

/** A fresh secret of `bytes` random bytes (32 = 256 bit), base64url. */
export function createSecret(bytes = 32): string {
  return randomBytes(bytes).toString('base64url');
}

/** Compares two secrets in a time that tells nothing about either, not even their lengths. */
export function constantTimeEqual(a: string, b: string): boolean {
  return timingSafeEqual(hash('sha256', a, 'buffer'), hash('sha256', b, 'buffer'));
}
