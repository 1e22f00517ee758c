import type { CcproxyError } from '@ccproxy/kernel';
import type { HeaderFields } from '@ccproxy/providers';
import { classifyAnswer, classifyError, retryAfterMs, type Verdict } from '@ccproxy/resilience';
import { errorBody, errorTypeForStatus, parseErrorBody } from '@ccproxy/wire';

/** How an attempt failed before anything of it went to the client. */
export type AttemptFailure =
  /** The provider gave no answer of its own, or reported an error inside a stream that had not begun; then `verdict` says which. */
  | { readonly kind: 'error'; readonly error: CcproxyError; readonly verdict?: Verdict }
  /** The provider answered with an error. */
  | { readonly kind: 'answer'; readonly status: number; readonly headers: HeaderFields; readonly body: Buffer };

/** What is read of an error that is not in Anthropic's form. */
const wordsRead = 4096;

/** Judges a failure: what kind it is decides what follows. `now`: wall clock, ms. */
export function judge(failure: AttemptFailure, now: number): Verdict {
  if (failure.kind === 'error') return failure.verdict ?? classifyError(failure.error);
  const { status, headers, body } = failure;
  const parsed = parseErrorBody(body);
  const shouldRetry = headers['x-should-retry'];
  return classifyAnswer({
    status,
    type: parsed.ok ? parsed.type : '',
    message: parsed.ok ? parsed.message : body.toString('utf8', 0, wordsRead),
    shouldRetry: typeof shouldRetry === 'string' ? shouldRetry : undefined,
    retryAfter: retryAfterMs(headers, now),
  });
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
