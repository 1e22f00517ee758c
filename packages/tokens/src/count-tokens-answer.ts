import type { CountTokensResponse, MessagesView } from '@ccproxy/wire';
import type { Calibration } from './calibration.js';
import { estimateTokens } from './estimate-tokens.js';

/**
 * The body of a `count_tokens` answer for a target that cannot count itself: the estimate, sharpened when a
 * calibration is given. `model` is the one the request would go to; default: the one the client named.
 */
export function countTokensAnswer(view: MessagesView, calibration?: Calibration, model: string = view.model): CountTokensResponse {
  const estimate = estimateTokens(view);
  return { input_tokens: calibration?.calibrated(model, estimate) ?? estimate };
}
