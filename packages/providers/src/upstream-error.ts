import type { CcproxyError } from '@ccproxy/kernel';
import { errors } from './errors.js';
import { FORBIDDEN_ADDRESS } from './guarded-lookup.js';
import type { Expiry } from './watchdog.js';

const TLS = /^(CERT_|ERR_TLS_|ERR_SSL_|UNABLE_TO_|DEPTH_ZERO_|SELF_SIGNED_|HOSTNAME_MISMATCH|EPROTO)/;
const MALFORMED = /^(HPE_|UND_ERR_RES_|UND_ERR_INVALID_ARG|UND_ERR_NOT_SUPPORTED)/;

const byCode = {
  ECONNREFUSED: errors.CCP_UPSTREAM_CONNECT,
  EHOSTUNREACH: errors.CCP_UPSTREAM_CONNECT,
  ENETUNREACH: errors.CCP_UPSTREAM_CONNECT,
  EADDRNOTAVAIL: errors.CCP_UPSTREAM_CONNECT,
  EACCES: errors.CCP_UPSTREAM_CONNECT,
  EMFILE: errors.CCP_UPSTREAM_CONNECT,
  ETIMEDOUT: errors.CCP_UPSTREAM_TIMEOUT_CONNECT,
  UND_ERR_CONNECT_TIMEOUT: errors.CCP_UPSTREAM_TIMEOUT_CONNECT,
  ENOTFOUND: errors.CCP_UPSTREAM_DNS,
  EAI_AGAIN: errors.CCP_UPSTREAM_DNS,
  [FORBIDDEN_ADDRESS]: errors.CCP_UPSTREAM_FORBIDDEN,
  ECONNRESET: errors.CCP_UPSTREAM_RESET,
  EPIPE: errors.CCP_UPSTREAM_RESET,
  UND_ERR_SOCKET: errors.CCP_UPSTREAM_RESET,
  UND_ERR_CLOSED: errors.CCP_PROVIDER_UNAVAILABLE,
  UND_ERR_DESTROYED: errors.CCP_PROVIDER_UNAVAILABLE,
  UND_ERR_HEADERS_OVERFLOW: errors.CCP_UPSTREAM_TOO_LARGE,
  UND_ERR_RES_EXCEEDED_MAX_SIZE: errors.CCP_UPSTREAM_TOO_LARGE,
  UND_ERR_PRX_TLS: errors.CCP_UPSTREAM_PROXY,
  UND_ERR_PRX_CONN: errors.CCP_UPSTREAM_PROXY,
} as const;

/** Whether a code is one of undici or of Node's net, dns and tls. */
export const isNetworkCode = (code: string): boolean => Object.hasOwn(byCode, code) || TLS.test(code) || MALFORMED.test(code);

const codeOf = (cause: Error): string => {
  const { code } = cause as { code?: unknown };
  if (typeof code === 'string') return code;
  // Several addresses were tried and each failed: the first tells as much as all.
  const first = cause instanceof AggregateError ? (cause.errors[0] as { code?: unknown } | undefined) : undefined;
  return typeof first?.code === 'string' ? first.code : '';
};

const factoryOf = (code: string, cause: Error) => {
  const known = Object.hasOwn(byCode, code) ? byCode[code as keyof typeof byCode] : undefined;
  if (known !== undefined) return known;
  if (TLS.test(code)) return errors.CCP_UPSTREAM_TLS;
  if (/proxy/i.test(cause.message) && code.startsWith('UND_ERR')) return errors.CCP_UPSTREAM_PROXY;
  // undici gives its parser's error no code.
  return MALFORMED.test(code) || cause.name === 'HTTPParserError' ? errors.CCP_UPSTREAM_MALFORMED : errors.CCP_UPSTREAM_RESET;
};

/**
 * The coded form of a failure of undici or of Node's net, dns and tls. The text of the cause stays out of the message:
 * it may quote bytes of the answer.
 */
export function upstreamError(provider: string, cause: Error): CcproxyError {
  const code = codeOf(cause);
  const factory = factoryOf(code, cause);
  const raised = factory({ message: '', cause });
  const what = raised.title.charAt(0).toLowerCase() + raised.title.slice(1);
  return factory({ message: `${what} (provider "${provider}"${code === '' ? '' : `, ${code}`})`, details: { provider, code }, cause });
}

const byExpiry = {
  connect: errors.CCP_UPSTREAM_TIMEOUT_CONNECT,
  firstByte: errors.CCP_UPSTREAM_TIMEOUT_FIRST_BYTE,
  idle: errors.CCP_UPSTREAM_TIMEOUT_IDLE,
  total: errors.CCP_UPSTREAM_TIMEOUT_TOTAL,
} as const;

/** The coded error of a limit that ran out after `ms`. */
export function timeoutError(provider: string, expiry: Expiry, ms: number): CcproxyError {
  return byExpiry[expiry]({
    message: `provider "${provider}" exceeded its limit timeouts.${expiry} of ${ms / 1000} s`,
    details: { provider, limit: expiry, ms },
  });
}
