import type { CcproxyError } from '@ccproxy/kernel';
import type { HeaderFields } from '@ccproxy/providers';
import { errorBody, errorTypeForStatus, parseErrorBody } from '@ccproxy/wire';

/** How an attempt failed before anything of it went to the client. */
export type AttemptFailure =
  /** The provider gave no answer of its own. */
  | { readonly kind: 'error'; readonly error: CcproxyError }
  /** The provider answered with an error. */
  | { readonly kind: 'answer'; readonly status: number; readonly headers: HeaderFields; readonly body: Buffer };

/**
 * Whether another target may be asked instead: nothing came from the first, or it said that it cannot at the moment. Never for a request
 * that is wrong (4xx): it would be wrong elsewhere too, or change its meaning.
 */
export function mayFallBack(failure: AttemptFailure): boolean {
  if (failure.kind === 'answer') return failure.status >= 500 || failure.status === 429;
  return failure.error.code !== 'CCP_PROVIDER_SUBSCRIPTION';
}

/** What the row and the access line call the failure. */
export const failureCode = (failure: AttemptFailure): string => (failure.kind === 'error' ? failure.error.code : `HTTP_${failure.status}`);

/**
 * An error answer as the client gets it. An Anthropic error passes with its bytes, because the client's recovery keys on its wording
 * (facts page claude-code-client §8.4, E1); a web page or an empty body becomes an Anthropic error of the same status.
 */
export function clientError(
  failure: Extract<AttemptFailure, { kind: 'answer' }>,
  provider: string,
): { headers: HeaderFields; body: Buffer } {
  const { status, headers, body } = failure;
  const parsed = parseErrorBody(body);
  if (parsed.ok) return { headers: { ...headers, 'content-length': String(body.length) }, body };
  const text = errorBody(
    errorTypeForStatus(status),
    `The provider "${provider}" answered ${status} without an error message an API would give.`,
  );
  return {
    headers: { ...headers, 'content-type': 'application/json; charset=utf-8', 'content-length': String(Buffer.byteLength(text)) },
    body: Buffer.from(text),
  };
}

/** Type and message of an error answer, for an error event inside a stream. */
export function eventOf(failure: AttemptFailure, provider: string): { type: string; message: string } {
  if (failure.kind === 'error') return { type: failure.error.anthropicType, message: failure.error.message };
  const parsed = parseErrorBody(clientError(failure, provider).body);
  return parsed.ok ? parsed : { type: errorTypeForStatus(failure.status), message: `The provider answered ${failure.status}.` };
}
