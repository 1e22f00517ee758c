export type { AnswerReport } from './answer/answer-assembler.js';
export type { AnswerContext } from './answer/answer-context.js';
export {
  encodeForeignSignature,
  decodeForeignSignature,
  type ForeignSignature,
  isForeignSignature,
  mayHoldForeignSignature,
} from './core/foreign-signature.js';
export { decodePageText, encodePageText, foreignSearchId, foreignSearchMark } from './core/search-ids.js';
export type { ModelCapabilities } from './core/model-capabilities.js';
export { type WireApi, wireApis } from './core/wire-api.js';
export { type AnswerStream, createAnswerStream } from './create-answer-stream.js';
export { errors as translateErrors } from './errors.js';
export { rateLimitHeaders } from './failure/rate-limit-headers.js';
export { type TranslatedAnswer, translateAnswer } from './translate-answer.js';
export { type ProviderFailure, type TranslatedError, translateError, type TranslateErrorOptions } from './translate-error.js';
export { type TranslatedRequest, translateRequest, type TranslateRequestOptions } from './translate-request.js';
