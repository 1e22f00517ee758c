import { objectMember, parseJsonObject, stringMember } from './json-object.js';
import { encodeSseEvent } from './sse-event.js';

/** Types the API documents, and those Claude Code's gateway protocol adds (claude-code-client.md §8.4). */
export type AnthropicErrorType =
  | 'invalid_request_error'
  | 'authentication_error'
  | 'billing_error'
  | 'permission_error'
  | 'not_found_error'
  | 'request_too_large'
  | 'rate_limit_error'
  | 'timeout_error'
  | 'not_supported'
  | 'overloaded_error'
  | 'api_error';

const typeByStatus: Readonly<Record<number, AnthropicErrorType>> = {
  400: 'invalid_request_error',
  401: 'authentication_error',
  402: 'billing_error',
  403: 'permission_error',
  404: 'not_found_error',
  408: 'timeout_error',
  413: 'request_too_large',
  429: 'rate_limit_error',
  501: 'not_supported',
  503: 'overloaded_error',
  504: 'timeout_error',
  529: 'overloaded_error',
};

/** The `error.type` that belongs to an HTTP status. */
export const errorTypeForStatus = (status: number): AnthropicErrorType =>
  typeByStatus[status] ?? (status >= 400 && status < 500 ? 'invalid_request_error' : 'api_error');

/** The Anthropic error envelope as JSON text. `type` may be one this package does not know. */
export function errorBody(type: string, message: string, requestId?: string): string {
  return JSON.stringify({ type: 'error', error: { type, message }, ...(requestId === undefined ? {} : { request_id: requestId }) });
}

/** The `error` event that ends a stream. */
export const errorSseEvent = (type: string, message: string, requestId?: string): string =>
  encodeSseEvent('error', errorBody(type, message, requestId));

export type ParsedError =
  | { readonly ok: true; readonly type: string; readonly message: string; readonly requestId: string | undefined }
  | { readonly ok: false; readonly reason: 'not-an-error-body' | 'too-large'; readonly message: string };

const maxErrorBytes = 1024 * 1024;

/** Reads an Anthropic error envelope. HTML, other providers' shapes and bodies above 1 MB are told apart, never thrown. */
export function parseErrorBody(body: Buffer): ParsedError {
  if (body.length > maxErrorBytes) return { ok: false, reason: 'too-large', message: `the error body has ${body.length} bytes` };
  const envelope = parseJsonObject(body.toString('utf8'));
  const error = envelope === undefined ? undefined : objectMember(envelope, 'error');
  const type = error === undefined ? undefined : stringMember(error, 'type');
  const message = error === undefined ? undefined : stringMember(error, 'message');
  if (envelope === undefined || type === undefined || message === undefined)
    return { ok: false, reason: 'not-an-error-body', message: 'the body is not an Anthropic error' };
  return { ok: true, type, message, requestId: stringMember(envelope, 'request_id') };
}
