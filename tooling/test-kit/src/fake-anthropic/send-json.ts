import type { ServerResponse } from 'node:http';

const errorTypes: Readonly<Record<number, string>> = {
  400: 'invalid_request_error',
  401: 'authentication_error',
  402: 'billing_error',
  403: 'permission_error',
  404: 'not_found_error',
  413: 'request_too_large',
  429: 'rate_limit_error',
  504: 'timeout_error',
  529: 'overloaded_error',
};
const messages: Readonly<Record<number, string>> = {
  429: 'This request would exceed your rate limit.',
  500: 'Internal server error',
  529: 'Overloaded',
};

type Headers = Readonly<Record<string, string>>;

/** Id of the request this response answers, as the API names it. */
export const requestIdHeader = 'request-id';

export function sendText(response: ServerResponse, status: number, contentType: string, body: string, headers: Headers = {}): void {
  response.writeHead(status, { 'content-type': contentType, 'content-length': Buffer.byteLength(body), ...headers });
  response.end(body);
}

export function sendJson(response: ServerResponse, status: number, body: unknown, headers: Headers = {}): void {
  sendText(response, status, 'application/json', JSON.stringify(body), headers);
}

/** An error in Anthropic form. */
export function sendError(
  response: ServerResponse,
  status: number,
  error: Readonly<Record<string, unknown>> = {},
  headers: Headers = {},
): void {
  const body = { type: errorTypes[status] ?? 'api_error', message: messages[status] ?? `fake ${status}`, ...error };
  sendJson(response, status, { type: 'error', error: body, request_id: response.getHeader(requestIdHeader) }, headers);
}
