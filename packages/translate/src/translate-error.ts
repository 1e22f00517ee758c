import { type AnthropicErrorType, errorTypeForStatus, type HeaderFields } from '@ccproxy/wire';
import { plainText } from './answer/fail-with-body.js';
import { classifyError } from './failure/classify-error.js';
import { type ProviderError, readProviderError } from './failure/provider-error.js';
import type { WireApi } from './core/wire-api.js';
import { retryAfter } from './failure/retry-after.js';
import { translationOf } from './translation-of.js';

/** An answer with an error status. */
export interface ProviderFailure {
  readonly status: number;
  /** Names in lower case. */
  readonly headers: HeaderFields;
  readonly body: Buffer;
}

export interface TranslateErrorOptions {
  /** Wire API of the provider, for what only its errors mean. */
  readonly api?: WireApi;
  /** Milliseconds since the epoch: some providers name a moment, the client wants a delay. */
  readonly now: number;
  /** Tokens of the model's window, where known. */
  readonly contextWindow?: number | undefined;
  /** Estimated tokens of the prompt. */
  readonly inputEstimate?: number;
}

export interface TranslatedError {
  readonly status: number;
  readonly type: AnthropicErrorType;
  readonly message: string;
  /** Whole seconds. */
  readonly retryAfter: number | undefined;
  /** False: the same call fails again until somebody does something; undefined: the status tells. */
  readonly shouldRetry: false | undefined;
}

const maxBody = 1024 * 1024;
const quoted = 500;

/** The error of a provider, of any wire API, as an Anthropic error: same class of status, never HTML, never empty. */
export function translateError(
  failure: ProviderFailure,
  { api, now, contextWindow, inputEstimate = 0 }: TranslateErrorOptions,
): TranslatedError {
  const text = failure.body.toString('utf8', 0, maxBody);
  const error = readProviderError(parse(text)) ?? unreadable(text, failure.status);
  const classified = classifyError(error, failure.status >= 400 ? failure.status : 502, { contextWindow, inputEstimate });
  const waits = classified.status === 429 || classified.status >= 500;
  const { message } = classified;
  return {
    ...classified,
    message: api === undefined ? message : (translationOf(api).explainError?.(message) ?? message),
    retryAfter: waits ? retryAfter(failure.headers, error, now) : undefined,
    shouldRetry: isLasting(classified, error) ? false : undefined,
  };
}

/**
 * Whether the same call can only fail again. Claude Code repeats a plain 400 or 422 five times without the features of
 * its newest betas (claude-code-client.md §4), none of which reaches this provider; a prompt that is too long it handles itself.
 */
function isLasting({ status, message }: { readonly status: number; readonly message: string }, { kind }: ProviderError): boolean {
  if (status === 400 || status === 422) return !message.startsWith('prompt is too long');
  return [401, 402, 403].includes(status) || /insufficient_quota|billing/.test(kind);
}

function parse(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch (error) {
    if (error instanceof SyntaxError) return undefined;
    throw error;
  }
}

/** HTML of a proxy, plain text, or nothing (row 117). */
function unreadable(text: string, status: number): ProviderError {
  const body = text.trim();
  const said = body.startsWith('<') ? plainText(body) : body.slice(0, quoted);
  const message = said === '' ? `the provider answered ${status} (${errorTypeForStatus(status)}) without a reason` : said;
  return { message, kind: '', status: undefined, details: [], raw: {} };
}
