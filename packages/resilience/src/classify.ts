import type { CcproxyError } from '@ccproxy/kernel';
import type { ErrorClass, Verdict } from './error-class.js';

/** An error a provider answered with, or reported inside a stream that had not begun. */
export interface ProviderError {
  /** HTTP status; 200 for an error event in a stream. */
  readonly status: number;
  /** `error.type` of the answer; empty when it had none. */
  readonly type: string;
  readonly message: string;
  /** `x-should-retry` of the answer. */
  readonly shouldRetry?: string | undefined;
  /** ms, of `retryAfterMs`. */
  readonly retryAfter?: number | undefined;
}

/**
 * Wordings of "it does not fit": Anthropic, its gateway protocol, OpenAI and its likes, llama.cpp, Gemini, Bedrock. Wordings, because the
 * providers give no code for it, or each its own.
 */
const contextWording =
  /prompt is too long|prompt_too_long|context_length_exceeded|exceed_context_size|maximum context length|exceeds? (?:the )?(?:available )?(?:context|maximum number of tokens)|exceed context limit|input is too long/iu;
/** Anthropic, OpenAI, Azure, Gemini. */
const policyWording =
  /content filtering policy|content_policy_violation|content_filter|content management policy|responsibleaipolicyviolation|safety system|prohibited_content/iu;
/** Anthropic says these with 400, OpenAI with 429. */
const quotaWording = /credit balance is too low|insufficient_quota|exceeded your current quota|reached your specified api usage limits/iu;
const overloadWording = /overloaded/iu;

const repeated: ReadonlySet<ErrorClass> = new Set<ErrorClass>(['rate', 'overloaded', 'server']);

/** The class of an error by status, type and wording. */
function classOf({ status, type, message }: ProviderError): ErrorClass {
  const says = (wording: RegExp): boolean => wording.test(type) || wording.test(message);
  if (type === 'overloaded_error' || status === 529) return 'overloaded';
  if (status === 402 || type === 'billing_error') return 'quota';
  if (status === 429 || type === 'rate_limit_error') return says(quotaWording) ? 'quota' : 'rate';
  if (status === 401 || status === 403 || type === 'authentication_error' || type === 'permission_error') return 'auth';
  if (status === 503 && says(overloadWording)) return 'overloaded';
  if (status >= 500 || status === 408 || (status < 400 && !type.startsWith('invalid_request'))) return 'server';
  if (says(contextWording)) return 'context';
  if (says(quotaWording)) return 'quota';
  return says(policyWording) ? 'policy' : 'client';
}

/** Judges an error a provider gave. `x-should-retry: false` is believed. */
export function classifyAnswer(error: ProviderError): Verdict {
  const found = classOf(error);
  // A provider that does not know the endpoint will not learn it by being asked again.
  const lasting = error.status === 501 || error.status === 505;
  return { class: found, repeatable: repeated.has(found) && !lasting && error.shouldRetry !== 'false', retryAfter: error.retryAfter };
}

const byCode: readonly (readonly [prefix: string, found: ErrorClass])[] = [
  ['CCP_UPSTREAM_TIMEOUT_', 'timeout'],
  ['CCP_UPSTREAM_MALFORMED', 'malformed'],
  ['CCP_UPSTREAM_REDIRECT', 'malformed'],
  ['CCP_UPSTREAM_TOO_LARGE', 'malformed'],
  ['CCP_UPSTREAM_ENCODING', 'malformed'],
  ['CCP_UPSTREAM_', 'network'],
  ['CCP_PROVIDER_', 'unavailable'],
];

/** Ways of failing in which the provider has most likely done no work, so that asking again costs nobody anything. */
const cheap: ReadonlySet<string> = new Set([
  'CCP_UPSTREAM_CONNECT',
  'CCP_UPSTREAM_DNS',
  'CCP_UPSTREAM_PROXY',
  'CCP_UPSTREAM_RESET',
  'CCP_UPSTREAM_TIMEOUT_CONNECT',
]);

function classOfError({ code, httpStatus, message }: CcproxyError): ErrorClass {
  if (code === 'CCP_PROVIDER_SUBSCRIPTION') return 'refused';
  // Refused before it was sent, because it would not fit.
  if (httpStatus >= 400 && httpStatus < 500) return contextWording.test(message) ? 'context' : 'client';
  return byCode.find(([prefix]) => code.startsWith(prefix))?.[1] ?? 'malformed';
}

/**
 * Judges a coded failure of a call. A provider that let its time run out, or answered with something that is no answer, is not asked
 * again: the wait was long, or the work is done and paid.
 */
export function classifyError(error: CcproxyError): Verdict {
  return { class: classOfError(error), repeatable: cheap.has(error.code), retryAfter: undefined };
}
