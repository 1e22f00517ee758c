import { z } from 'zod';
import type { ServiceAccount } from './sign-jwt.js';

const googleTokens = 'https://oauth2.googleapis.com/token';

/** A login of a person, kept by `gcloud auth application-default login`. */
export interface UserLogin {
  readonly clientId: string;
  readonly clientSecret: string;
  readonly refreshToken: string;
}

export type GoogleCredentials =
  | { readonly kind: 'service'; readonly account: ServiceAccount; readonly project: string | undefined }
  | { readonly kind: 'user'; readonly login: UserLogin; readonly tokenUri: string; readonly project: string | undefined }
  | { readonly reason: string };

const word = z.string().min(1);
/** Whatever else stands there is Google's business. */
const file = z.discriminatedUnion('type', [
  z.object({
    type: z.literal('service_account'),
    client_email: word,
    private_key: word,
    private_key_id: word.optional(),
    token_uri: z.url().prefault(googleTokens),
    project_id: word.optional(),
  }),
  z.object({
    type: z.literal('authorized_user'),
    client_id: word,
    client_secret: word,
    refresh_token: word,
    token_uri: z.url().prefault(googleTokens),
    quota_project_id: word.optional(),
  }),
]);

/** Reads the content of a key file or of application default credentials. Never throws, and repeats nothing of it; `from` names it. */
export function readCredentials(text: string, from: string): GoogleCredentials {
  const read = file.safeParse(json(text));
  if (!read.success) return { reason: `${from} holds neither a key of a service account nor a login of a user` };
  const { data } = read;
  if (data.type === 'authorized_user') {
    const login = { clientId: data.client_id, clientSecret: data.client_secret, refreshToken: data.refresh_token };
    return { kind: 'user', login, tokenUri: data.token_uri, project: data.quota_project_id };
  }
  const { client_email: email, private_key: privateKey, private_key_id: keyId, token_uri: tokenUri, project_id: project } = data;
  return { kind: 'service', account: { email, privateKey, keyId, tokenUri }, project };
}

/** What of credentials must appear nowhere. */
export const secretsIn = (credentials: Exclude<GoogleCredentials, { readonly reason: string }>): readonly string[] =>
  credentials.kind === 'user' ? [credentials.login.clientSecret, credentials.login.refreshToken] : [credentials.account.privateKey];

function json(text: string): unknown {
  try {
    return JSON.parse(text) as unknown;
  } catch (error) {
    if (error instanceof SyntaxError) return undefined;
    throw error;
  }
}
