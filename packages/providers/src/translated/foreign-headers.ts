import { rateLimitHeaders } from '@ccproxy/translate';
import { type HeaderFields, headerValue } from '@ccproxy/wire';
import type { Credential } from '../credentials/credential-source.js';
import type { ForeignApi } from './foreign-api.js';

/**
 * All that a provider of another protocol is told beside the body, in undici's flat form: nothing of the client's headers goes on, neither
 * its credential nor its betas, session, machine or SDK.
 */
export function foreignRequestHeaders(api: ForeignApi, credential: Credential, stream: boolean): string[] {
  const headers = ['content-type', 'application/json', 'accept', stream ? api.streamType : 'application/json'];
  headers.push('accept-encoding', 'identity', 'user-agent', 'ccproxy');
  if (credential.kind === 'apiKey') headers.push(...api.credential(credential.value));
  if (credential.kind === 'bearer') headers.push('authorization', `Bearer ${credential.value}`);
  return headers;
}

/** Names under which providers say how they call a request. */
const REQUEST_IDS = ['request-id', 'x-request-id', 'x-goog-request-id', 'cf-ray'];

/**
 * What of a provider's answer head the client can use: its name for the request, and how much of its limits is left (row 113). When to come
 * again is the translation's to say. `now`: ms since the epoch.
 */
export function foreignAnswerHeaders(headers: HeaderFields, now: number): Record<string, string> {
  const id = REQUEST_IDS.map((name) => headerValue(headers, name)).find((value) => value !== undefined);
  return { ...(id === undefined ? {} : { 'request-id': id.slice(0, 128) }), ...rateLimitHeaders(headers, now) };
}
