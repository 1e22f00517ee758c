import { type AnthropicErrorType, errorTypeForStatus } from '@ccproxy/wire';
import { contextOverflow, type OverflowFacts } from './context-overflow.js';
import type { ProviderError } from './provider-error.js';

export interface ClassifiedError {
  readonly status: number;
  readonly type: AnthropicErrorType;
  readonly message: string;
}

/** Words of the providers for kinds of errors; the first that fits decides. */
const statusByWord: readonly (readonly [pattern: RegExp, status: number])[] = [
  [/rate_?limit|resource_exhausted|insufficient_quota|quota|too_many_requests/, 429],
  [/overload|unavailable|engine_|capacity/, 529],
  [/invalid_api_key|authentication|unauthenticated|unauthorized/, 401],
  [/permission|forbidden/, 403],
  [/billing|payment/, 402],
  [/not_found/, 404],
  [/deadline|timeout|timed_out/, 504],
  [/invalid_|bad_request|failed_precondition|unprocessable|tool_use_failed/, 400],
];

/**
 * A provider's error in Anthropic's terms (row 112). `status` is the one of the answer that held it; below 400, the error
 * came inside a good answer and its own words decide.
 */
export function classifyError(error: ProviderError, status: number, facts: OverflowFacts): ClassifiedError {
  const long = contextOverflow(error.kind, error.message, facts);
  if (long !== undefined) return { status: 400, type: 'invalid_request_error', message: long };
  const found = refine(status >= 400 ? status : statusOf(error), error);
  return { status: found, type: errorTypeForStatus(found), message: error.message };
}

function statusOf(error: ProviderError): number {
  if (error.status !== undefined) return error.status;
  return statusByWord.find(([pattern]) => pattern.test(error.kind))?.[1] ?? 500;
}

/** Google answers a wrong key with 400, which the client would repeat six times; "unavailable" is what Anthropic calls overloaded. */
function refine(status: number, error: ProviderError): number {
  if (status === 503) return 529;
  return status === 400 && /api[_ ]key (?:not valid|not found|expired|invalid)|api_key_invalid/i.test(error.message) ? 401 : status;
}
