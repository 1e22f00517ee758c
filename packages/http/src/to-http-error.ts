import { CcproxyError } from '@ccproxy/kernel';
import { errors } from './errors.js';

/** Statuses Fastify itself refuses a request with. */
const statusOf = (error: unknown): number =>
  typeof error === 'object' && error !== null && 'statusCode' in error && typeof error.statusCode === 'number' ? error.statusCode : 500;

/** What a handler or the framework threw, as a coded error that says nothing of the request and nothing of our insides. */
export function toHttpError(error: unknown): CcproxyError {
  if (CcproxyError.isInstance(error)) return error;
  const status = statusOf(error);
  const options = { message: 'The request was refused.', cause: error };
  if (status === 413) return errors.CCP_HTTP_BODY_TOO_LARGE(options);
  if (status === 414) return errors.CCP_HTTP_URL_TOO_LONG(options);
  if (status === 415) return errors.CCP_HTTP_MEDIA_TYPE_REFUSED(options);
  if (status >= 400 && status < 500)
    return errors.CCP_HTTP_BAD_REQUEST({ message: 'The request is not valid for this route.', cause: error });
  return errors.CCP_HTTP_INTERNAL({
    message: 'Something failed inside ccproxy; the log has the details under this request id.',
    cause: error,
  });
}
