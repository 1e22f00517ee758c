import { createSign } from 'node:crypto';

export interface ServiceAccount {
  readonly email: string;
  /** PEM. */
  readonly privateKey: string;
  readonly keyId: string | undefined;
  readonly tokenUri: string;
}

const scope = 'https://www.googleapis.com/auth/cloud-platform';
/** Google takes no longer ones, s. */
const lifeSeconds = 3600;

const part = (value: object): string => Buffer.from(JSON.stringify(value)).toString('base64url');

/**
 * The assertion a service account exchanges for a token (developers.google.com, "Using OAuth 2.0 for Server to Server Applications").
 * Throws what a private key that is none makes Node's crypto throw.
 * @param now ms since the epoch
 */
export function signJwt({ email, privateKey, keyId, tokenUri }: ServiceAccount, now: number): string {
  const issued = Math.floor(now / 1000);
  const header = { alg: 'RS256', typ: 'JWT', ...(keyId === undefined ? {} : { kid: keyId }) };
  const claims = { iss: email, scope, aud: tokenUri, iat: issued, exp: issued + lifeSeconds };
  const signed = `${part(header)}.${part(claims)}`;
  return `${signed}.${createSign('RSA-SHA256').update(signed).sign(privateKey, 'base64url')}`;
}
