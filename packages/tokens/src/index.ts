export { type Calibration, type CalibrationOptions, createCalibration } from './calibration.js';
export { countTokensAnswer } from './count-tokens-answer.js';
export { estimateTokens } from './estimate-tokens.js';
