import { CcproxyError } from '@ccproxy/kernel';

/** How many causes are followed. */
const maxCauses = 4;

/**
 * An error as plain fields for a log line: type, message, code, hint, stack and the chain of causes. Only named fields are taken: errors of
 * HTTP clients carry whole requests, headers and sockets as properties.
 */
export function errorFields(error: unknown, depth = 0): unknown {
  if (!(error instanceof Error)) return error;
  const code = 'code' in error && (typeof error.code === 'string' || typeof error.code === 'number') ? error.code : undefined;
  return {
    type: error.name,
    message: error.message,
    ...(code === undefined ? {} : { code }),
    ...(CcproxyError.isInstance(error) ? { hint: error.hint, ...(error.where === undefined ? {} : { where: error.where }) } : {}),
    stack: error.stack,
    ...(error.cause === undefined || depth >= maxCauses ? {} : { cause: errorFields(error.cause, depth + 1) }),
  };
}
