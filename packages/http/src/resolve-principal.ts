import type { IncomingMessage } from 'node:http';
import type { Principal } from './daemon-module.js';
import type { HeaderScan } from './scan-headers.js';
import type { TokenRegistry } from './token-registry.js';

/** Whom a request speaks for, and which of its headers held a local token. */
export interface Resolution {
  readonly principal: Principal;
  /** A token of ours that opens nothing was presented. */
  readonly wrongToken: boolean;
  /** Lower-case names of headers that must not go on. */
  readonly localHeaders: readonly string[];
}

const anonymous: Principal = Object.freeze({ kind: 'anonymous' });
const nobody: Resolution = Object.freeze({ principal: anonymous, wrongToken: false, localHeaders: [] });

/** The credential of an Authorization header: what follows the scheme, or everything when there is no scheme. */
const credentialOf = (authorization: string): string => authorization.slice(authorization.indexOf(' ') + 1).trim();

/**
 * `x-ccproxy-token`, else Authorization, else x-api-key, when it is a token of the registry. Every header that holds one
 * is listed for removal, whichever decided; any other Authorization or x-api-key is the client's own credential and stays.
 */
export function resolvePrincipal(scan: HeaderScan, tokens: TokenRegistry): Resolution {
  const explicit = scan['x-ccproxy-token'];
  if (explicit === undefined && scan.authorization === undefined && scan['x-api-key'] === undefined) return nobody;
  const localHeaders: string[] = [];
  let principal: Principal | undefined;
  let wrongToken = false;
  if (explicit !== undefined) {
    localHeaders.push('x-ccproxy-token');
    principal = tokens.lookup(explicit.trim());
    wrongToken = principal === undefined;
  }
  let dead = false;
  const consider = (name: string, candidate: string): void => {
    const found = tokens.find(candidate);
    if (found === undefined) return;
    localHeaders.push(name);
    if (found === 'dead') dead = true;
    else principal ??= found;
  };
  if (scan.authorization !== undefined) consider('authorization', credentialOf(scan.authorization));
  if (scan['x-api-key'] !== undefined) consider('x-api-key', scan['x-api-key'].trim());
  return { principal: principal ?? anonymous, wrongToken: wrongToken || (dead && principal === undefined), localHeaders };
}

/** Stands in the raw list where a removed header was: Node reads that list by the count of headers it parsed. */
const removed = 'x-ccproxy-removed';

/** Takes headers out of a request for good: out of the raw list and out of the parsed object. */
export function removeHeaders(request: IncomingMessage, names: readonly string[]): void {
  if (names.length === 0) return;
  const raw = request.rawHeaders;
  for (const name of names) {
    delete request.headers[name];
    for (let index = 0; index + 1 < raw.length; index += 2) {
      const other = raw[index] ?? '';
      if (other.length !== name.length || other.toLowerCase() !== name) continue;
      raw[index] = removed;
      raw[index + 1] = '';
    }
  }
}
