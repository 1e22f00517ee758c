import type { Found } from '@ccproxy/providers';
import type { AwsKeys } from '../sign-request.js';

/** Credentials, or why there are none. */
export type FoundKeys = Found<AwsKeys>;

const printable = /^[\x21-\x7e]{1,4096}$/u;

/** Credentials out of three values that may be anything; `from` names the place for people. */
export function keysOf(
  values: { readonly id: unknown; readonly secret: unknown; readonly token?: unknown; readonly expires?: unknown },
  from: string,
): FoundKeys {
  const { id, secret, token, expires } = values;
  if (typeof id !== 'string' || typeof secret !== 'string' || !printable.test(id) || !printable.test(secret)) {
    return { reason: `${from} gave no access key` };
  }
  if (token !== undefined && token !== '' && (typeof token !== 'string' || !printable.test(token))) {
    return { reason: `${from} gave a session token that is none` };
  }
  const end = typeof expires === 'string' ? Date.parse(expires) : Number.NaN;
  const sessionToken = typeof token === 'string' && token !== '' ? token : undefined;
  return { value: { accessKeyId: id, secretAccessKey: secret, sessionToken }, expiresAt: Number.isNaN(end) ? undefined : end };
}
