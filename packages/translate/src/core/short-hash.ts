import { createHash } from 'node:crypto';

/** The first `digits` hex digits (at most 64) of the SHA-256 of a text: stable names for things that must be short. */
export const shortHash = (text: string, digits: number): string => createHash('sha256').update(text).digest('hex').slice(0, digits);
