import type { AnthropicErrorType } from '@ccproxy/wire';

const statuses: Readonly<Record<AnthropicErrorType, number>> = {
  invalid_request_error: 400,
  authentication_error: 401,
  billing_error: 402,
  permission_error: 403,
  not_found_error: 404,
  request_too_large: 413,
  rate_limit_error: 429,
  timeout_error: 504,
  not_supported: 501,
  overloaded_error: 529,
  api_error: 502,
};

/** The HTTP status of an error a provider reported inside a 200; 502 for one that says nothing of its cause. */
export const statusOfErrorType = (type: AnthropicErrorType): number => statuses[type];
