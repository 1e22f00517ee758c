import { CcproxyError } from './ccproxy-error.js';
import { errnoHint } from './errno-error.js';
import { errors } from './errors.js';

/** Whatever was thrown as a coded error: itself, a named failure of the file system, or `CCP_INTERNAL` with the original as cause. */
export function asCcproxyError(thrown: unknown): CcproxyError {
  if (CcproxyError.isInstance(thrown)) return thrown;
  return errnoHint(thrown) ?? errors.CCP_INTERNAL({ message: describe(thrown), cause: thrown });
}

function describe(thrown: unknown): string {
  if (thrown instanceof Error) return thrown.message === '' ? thrown.name : thrown.message;
  return typeof thrown === 'string' && thrown !== '' ? thrown : `a value of type ${typeof thrown} was thrown`;
}
