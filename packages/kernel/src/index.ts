export {
  CcproxyError,
  type ErrorCode,
  type ErrorOptions,
  type ErrorSpec,
  type SerializedError,
  type SourcePosition,
} from './ccproxy-error.js';
export { type Clock, systemClock, type Timer } from './clock.js';
export { defineErrors, type ErrorFactory, errorSpecs, type ErrorTable } from './define-errors.js';
export { type Logger, type LogLevel, silentLogger } from './logger.js';
export type { Redactor } from './redactor.js';
