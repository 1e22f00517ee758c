import { lookup as systemLookup } from 'node:dns';
import type { LookupFunction } from 'node:net';
import { isMetadataHost } from '@ccproxy/config';

/** What `upstreamError` recognises a refused address by. */
export const FORBIDDEN_ADDRESS = 'ERR_CCP_FORBIDDEN_ADDRESS';

const forbidden = (): Error => Object.assign(new Error('the name leads to a metadata service'), { code: FORBIDDEN_ADDRESS });

/**
 * A name resolution that refuses addresses of metadata services, whatever name leads there: the check of `baseUrl` sees the name only, and
 * what a name resolves to can change between two connections (fault table, row 27). One forbidden address among several refuses all:
 * which of them is tried is not known here.
 */
export function guardedLookup(lookup: LookupFunction = systemLookup): LookupFunction {
  return (hostname, options, callback) => {
    lookup(hostname, options, (error, address, family) => {
      if (error === null) {
        const addresses = typeof address === 'string' ? [address] : address.map((each) => each.address);
        if (addresses.some(isMetadataHost)) return callback(forbidden(), '', 0);
      }
      callback(error, address, family);
    });
  };
}
