import { shortHash } from './short-hash.js';

/** What Anthropic clients accept as the id of a tool call. */
const legalForClient = /^[a-zA-Z0-9_-]{1,128}$/;
const wrapped = /^ccpid_([A-Za-z0-9_-]+)$/;
const longestWrapped = 90;

/**
 * A provider's id of a call in the form the client accepts: as it is, else wrapped so that `toolIdForProvider` gives it
 * back in a later request without any memory (`functions.Bash:0`), else a hash (translation.md row 38).
 */
export function toolIdForClient(id: string): string {
  if (legalForClient.test(id) && !wrapped.test(id)) return id;
  return id.length <= longestWrapped ? `ccpid_${Buffer.from(id).toString('base64url')}` : `ccpid-${shortHash(id, 40)}`;
}

/** The id to send for one of the client's: unwrapped, and never longer than `maxLength`. */
export function toolIdForProvider(id: string, maxLength = 64): string {
  const inner = wrapped.exec(id)?.[1];
  const original = inner === undefined ? id : Buffer.from(inner, 'base64url').toString('utf8');
  if (original === '') return 'call_0';
  return original.length <= maxLength ? original : `call_${shortHash(original, maxLength - 5)}`.slice(0, maxLength);
}
