import { type CallerRequest, type CallerResponse, collectBody, type Found } from '@ccproxy/providers';
import { CcproxyError } from '@ccproxy/kernel';
import { z } from 'zod';
import type { GoogleCredentials } from './read-credentials.js';
import { signJwt } from './sign-jwt.js';

export interface Token {
  readonly value: string;
  /** Of the credentials, when the options name none. */
  readonly project: string | undefined;
}

/** Sends one request to the address that gives tokens; the connection is closed afterwards. */
export type AskTokens = (uri: string, request: Omit<CallerRequest, 'path'>) => Promise<CallerResponse>;

const largest = 64 * 1024;
const timeoutMs = 30_000;
const answer = z.object({ access_token: z.string().regex(/^[\x21-\x7e]{8,16384}$/u), expires_in: z.number().positive().optional() });

/** Exchanges credentials for an access token. Never rejects, and repeats nothing of what it sent or got. */
export async function exchangeToken(
  credentials: Exclude<GoogleCredentials, { readonly reason: string }>,
  ask: AskTokens,
  now: () => number,
): Promise<Found<Token>> {
  try {
    const { uri, form } = exchangeOf(credentials, now());
    const { statusCode, body } = await ask(uri, {
      method: 'POST',
      headers: { 'content-type': 'application/x-www-form-urlencoded', accept: 'application/json' },
      body: new URLSearchParams(form).toString(),
      signal: AbortSignal.timeout(timeoutMs),
    });
    const read = answer.safeParse(parsed((await collectBody(body, largest)).toString('utf8')));
    if (statusCode !== 200 || !read.success) return { reason: `Google refused the credentials (${statusCode})` };
    const { access_token: value, expires_in: life } = read.data;
    return { value: { value, project: credentials.project }, expiresAt: life === undefined ? undefined : now() + life * 1000 };
  } catch (error) {
    const code =
      CcproxyError.isInstance(error) || (error instanceof Error && 'code' in error)
        ? String((error as { code: unknown }).code)
        : 'no answer';
    return { reason: `no token can be had from Google (${code})` };
  }
}

function exchangeOf(credentials: Exclude<GoogleCredentials, { readonly reason: string }>, now: number) {
  if (credentials.kind === 'service') {
    const form = { grant_type: 'urn:ietf:params:oauth:grant-type:jwt-bearer', assertion: signJwt(credentials.account, now) };
    return { uri: credentials.account.tokenUri, form };
  }
  const { clientId, clientSecret, refreshToken } = credentials.login;
  const form = { grant_type: 'refresh_token', client_id: clientId, client_secret: clientSecret, refresh_token: refreshToken };
  return { uri: credentials.tokenUri, form };
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text) as unknown;
  } catch (error) {
    if (error instanceof SyntaxError) return undefined;
    throw error;
  }
}
