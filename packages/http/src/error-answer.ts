import type { CcproxyError } from '@ccproxy/kernel';
import { errorBody } from '@ccproxy/wire';

/** A coded error in the shape a Messages client understands. */
export interface ErrorAnswer {
  readonly status: number;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: string;
}

/** Statuses a client rightly repeats by itself; every other refusal of ours would only be refused again. */
const repeatable = new Set([408, 425, 429]);

const asksToStop = (error: CcproxyError): boolean =>
  !error.retryable &&
  ((error.httpStatus >= 400 && error.httpStatus < 500 && !repeatable.has(error.httpStatus)) || error.httpStatus === 501);

/** Whole seconds after which repeating makes sense: what the error says, else a second while the server stops. */
const retryAfter = ({ httpStatus, details }: CcproxyError): Readonly<Record<string, string>> => {
  const seconds = details?.['retryAfter'];
  if (typeof seconds === 'number' && Number.isInteger(seconds)) return { 'retry-after': String(seconds) };
  return httpStatus === 503 ? { 'retry-after': '1' } : {};
};

/**
 * The Anthropic error envelope. `x-should-retry: false` on what repeating cannot mend: without it the client repeats a 400
 * up to 6 times and a 401 for 3 minutes (measured: facts/claude-code-client.md §4). Nothing of the request is echoed.
 */
export function errorAnswer(error: CcproxyError, requestId: string | undefined): ErrorAnswer {
  const message = error.httpStatus >= 500 || error.hint === '' ? error.message : `${error.message} ${error.hint}`;
  const body = errorBody(error.anthropicType, message, requestId);
  return {
    status: error.httpStatus,
    body,
    headers: {
      'content-type': 'application/json; charset=utf-8',
      'content-length': String(Buffer.byteLength(body)),
      'cache-control': 'no-store',
      'x-content-type-options': 'nosniff',
      'x-ccproxy-error': error.code,
      ...(asksToStop(error) ? { 'x-should-retry': 'false' } : {}),
      ...retryAfter(error),
    },
  };
}
