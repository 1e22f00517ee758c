export { type Calibration, type CalibrationOptions, createCalibration } from './calibration.js';
export type { TokenCount } from './count-protocol.js';
export { countTokensAnswer } from './count-tokens-answer.js';
export { estimateTokens } from './estimate-tokens.js';
export { createExactCounter, type ExactCounter, type ExactCounterOptions } from './exact-counter.js';
