/** The error class alone, for programs whose start-up counts. */
export {
  CcproxyError,
  type ErrorCode,
  type ErrorOptions,
  type ErrorSpec,
  type SerializedError,
  type SourcePosition,
} from './ccproxy-error.js';
export { defineErrors, type ErrorFactory, errorSpecs, type ErrorTable } from './define-errors.js';
