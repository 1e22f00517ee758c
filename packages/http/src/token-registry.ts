import { hash, randomBytes, timingSafeEqual } from 'node:crypto';
import type { Principal } from './daemon-module.js';

/** What every token made by `mintToken` begins with. A credential of this form never belongs to an upstream. */
export const localTokenPrefix = 'ccp_';

/** Characters of base64url behind the prefix. */
export const localTokenBody = 43;

/** A new local token: 256 random bits behind the prefix that marks it as ours. */
export const mintToken = (random: (size: number) => Buffer = randomBytes): string =>
  `${localTokenPrefix}${random(32).toString('base64url')}`;

export interface TokenEntry {
  readonly token: string;
  readonly principal: Exclude<Principal, { kind: 'anonymous' }>;
  /** Name under which the token is revoked: `admin`, `server`, a session or key id. */
  readonly id: string;
}

/** A token of which only the SHA-256 (base64) is known: one that was given out before a restart. */
export type TokenDigestEntry = Omit<TokenEntry, 'token'> & { readonly digest: string };

/** The local secrets that open this daemon. Only digests are kept. */
export interface TokenRegistry {
  /** Adds a token; one with the same id is replaced. Empty tokens are refused with a RangeError. */
  add(entry: TokenEntry): void;
  /** Accepts a token that was given out before a restart. */
  restore(entry: TokenDigestEntry): void;
  /** Removes the token of that id; false when there was none. */
  revoke(id: string): boolean;
  /** Whose token it is, or undefined. */
  lookup(candidate: string): Principal | undefined;
  /** Like `lookup`, and `dead` for a token of ours that opens nothing (any more): it must be refused, never forwarded as somebody else's credential. */
  find(candidate: string): Principal | 'dead' | undefined;
  /** Number of tokens that open something. */
  readonly size: number;
}

interface Stored {
  readonly id: string;
  readonly digest: Buffer;
  readonly key: string;
  readonly principal: Principal;
}

/** Longer candidates cannot be tokens of ours; hashing them would be work for an attacker's benefit. */
const longestToken = 1024;
const rememberedRevocations = 4096;

const digestOf = (token: string): string => hash('sha256', token, 'base64');
const bytesOf = (digest: string): Buffer => Buffer.from(digest, 'latin1');

/** Makes an empty registry. */
export function createTokenRegistry(): TokenRegistry {
  const byDigest = new Map<string, Stored>();
  const byId = new Map<string, Stored>();
  const revoked = new Set<string>();

  const bury = (key: string): void => {
    revoked.add(key);
    if (revoked.size <= rememberedRevocations) return;
    for (const oldest of revoked) {
      revoked.delete(oldest);
      break;
    }
  };

  const revoke = (id: string): boolean => {
    const stored = byId.get(id);
    if (stored === undefined) return false;
    byId.delete(id);
    byDigest.delete(stored.key);
    bury(stored.key);
    return true;
  };

  const restore = ({ digest: key, principal, id }: TokenDigestEntry): void => {
    revoke(id);
    const stored = { digest: bytesOf(key), key, principal, id };
    const sameToken = byDigest.get(key);
    if (sameToken !== undefined) byId.delete(sameToken.id);
    revoked.delete(key);
    byDigest.set(key, stored);
    byId.set(id, stored);
  };

  const find = (candidate: string): Principal | 'dead' | undefined => {
    if (candidate.length === 0 || candidate.length > longestToken) return undefined;
    const key = digestOf(candidate);
    const stored = byDigest.get(key);
    if (stored !== undefined && timingSafeEqual(stored.digest, bytesOf(key))) return stored.principal;
    return candidate.startsWith(localTokenPrefix) || revoked.has(key) ? 'dead' : undefined;
  };

  return {
    add({ token, principal, id }) {
      if (token.length === 0 || token.length > longestToken)
        throw new RangeError(`the token of ${id} must have 1 to ${longestToken} characters`);
      restore({ digest: digestOf(token), principal, id });
    },
    restore,
    revoke,
    find,
    lookup(candidate) {
      const found = find(candidate);
      return found === 'dead' ? undefined : found;
    },
    get size() {
      return byDigest.size;
    },
  };
}
