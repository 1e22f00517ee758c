export { asCcproxyError } from './as-ccproxy-error.js';
export { backoffDelay } from './backoff.js';
export { ByteNeedle } from './byte-needle.js';
export {
  CcproxyError,
  type ErrorCode,
  type ErrorOptions,
  type ErrorSpec,
  type SerializedError,
  type SourcePosition,
} from './ccproxy-error.js';
export { type Clock, systemClock, type Timer } from './clock.js';
export { createRedactor } from './create-redactor.js';
export { isCredentialHeader } from './credential-header.js';
export { createDeadline, type Deadline } from './deadline.js';
export { defineErrors, type ErrorFactory, errorSpecs, type ErrorTable } from './define-errors.js';
export { errnoHint, errnoOf } from './errno-error.js';
export { errors as kernelErrors } from './errors.js';
export { acquireLock, type AcquireLockOptions, adoptLock, type FileLock, removeDeadClaims } from './file-lock.js';
export { groupDigits } from './group-digits.js';
export { type Logger, type LogLevel, silentLogger } from './logger.js';
export { LruMap, type LruMapOptions } from './lru-map.js';
export { newId } from './new-id.js';
export { readOrCreatePipeId } from './pipe-id.js';
export { parseByteSize } from './parse-byte-size.js';
export { parseDuration } from './parse-duration.js';
export { type JsonResult, parseJson } from './parse-json.js';
export { ensurePrivateDir } from './private-dir.js';
export { currentProcessIdentity, isAlive, type ProcessIdentity, readProcessIdentity } from './process-identity.js';
export { createProcessTable, type ProcessTable, type ProcessTableSources } from './process-table.js';
export { createRedactingLines, type RedactingLines } from './redacting-lines.js';
export type { Redactor } from './redactor.js';
export { removeTemporaries } from './remove-temporaries.js';
export { type AppPaths, logLevelFromEnv, resolvePaths, type ResolvePathsOptions } from './resolve-paths.js';
export { Roster } from './roster.js';
export { constantTimeEqual, createSecret } from './secrets.js';
export { writeFileAtomic, type WriteFileAtomicOptions } from './write-file-atomic.js';
