import { defineErrors } from '@ccproxy/kernel';

/** Coded errors of this package: requests that are held back here, before any provider is asked. */
export const errors = defineErrors({
  CCP_LIMIT_CALLER: {
    title: 'Limit of the caller reached',
    why: 'The caller has used what `server.limits` gives each caller: requests or tokens per minute, or requests at the same time.',
    fix: 'Wait as long as `retry-after` says, ask less at the same time, or raise `server.limits`.',
    exitCode: 1,
    httpStatus: 429,
    anthropicType: 'rate_limit_error',
    retryable: true,
  },
  CCP_LIMIT_PROVIDER: {
    title: 'No key of the provider is free',
    why: 'Every key of the provider has reached its limit, or rests because the provider said so, and no other target could take the request.',
    fix: 'Wait as long as `retry-after` says, add a key or a `fallback`, or raise `limits` of the provider.',
    exitCode: 1,
    httpStatus: 429,
    anthropicType: 'rate_limit_error',
    retryable: true,
  },
  CCP_CIRCUIT_OPEN: {
    title: 'Provider left alone for a moment',
    why: 'The provider failed several times in a row, so it is asked again only after a pause, and no other target could take the request.',
    fix: 'Wait as long as `retry-after` says; `ccproxy status` shows the provider. A `fallback` would take such requests.',
    exitCode: 1,
    httpStatus: 503,
    anthropicType: 'overloaded_error',
    retryable: true,
  },
});
