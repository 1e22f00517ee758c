import type { TokenUsage } from '@ccproxy/wire';

/** What providers report, learnt per model. */
export interface Calibration {
  /**
   * Learns from one answer: the raw estimate of its request and the usage it reported. Returns whether it was used;
   * usage that is missing, negative, not finite or implausible against the estimate teaches nothing.
   */
  observe(model: string, estimate: number, usage: TokenUsage): boolean;
  /** The estimate corrected by what is known of the model: unchanged for a model never observed. A whole number, at least 1. */
  calibrated(model: string, estimate: number): number;
  /** How many models are known. */
  readonly size: number;
}

export interface CalibrationOptions {
  /** Most models kept; the one not used for longest is forgotten first. */
  readonly capacity: number;
}

/** Weight of a new observation once several are known; the first ones weigh more (running mean). */
const weight = 0.1;
/** Observed / estimated outside this range is a fault of the provider or of the pairing, not a tokenizer. */
const plausible = { least: 0.1, most: 10 } as const;
/** Short requests are mostly fixed overhead and say little of a tokenizer. */
const leastEstimate = 100;
const maxModelLength = 256;

interface Learnt {
  ratio: number;
  observations: number;
}

/** A calibration whose memory is bounded by `capacity`; throws RangeError when that is not a positive whole number. */
export function createCalibration({ capacity }: CalibrationOptions): Calibration {
  if (!Number.isSafeInteger(capacity) || capacity < 1) throw new RangeError('createCalibration: capacity is a positive whole number');
  // A Map iterates in order of insertion: re-inserting on use makes it a least-recently-used list.
  const models = new Map<string, Learnt>();
  const touch = (model: string, learnt: Learnt): void => {
    models.delete(model);
    models.set(model, learnt);
    for (const oldest of models.keys()) if (models.size > capacity) models.delete(oldest);
  };
  return {
    observe(model, estimate, usage) {
      const ratio = observedInput(usage) / estimate;
      if (model.length > maxModelLength || !(estimate >= leastEstimate) || !(ratio >= plausible.least && ratio <= plausible.most))
        return false;
      const learnt = models.get(model) ?? { ratio: 1, observations: 0 };
      const share = Math.max(weight, 1 / (learnt.observations + 1));
      touch(model, { ratio: learnt.ratio + share * (ratio - learnt.ratio), observations: learnt.observations + 1 });
      return true;
    },
    calibrated(model, estimate) {
      const learnt = models.get(model);
      if (learnt !== undefined) touch(model, learnt);
      return Math.max(1, Math.round(estimate * (learnt?.ratio ?? 1)));
    },
    get size() {
      return models.size;
    },
  };
}

/** All input of a request, cached or not: what its estimate stands for. NaN when the provider did not say. */
function observedInput({ inputTokens, cacheReadTokens = 0, cacheCreationTokens = 0 }: TokenUsage): number {
  if (inputTokens === undefined) return Number.NaN;
  const parts = [inputTokens, cacheReadTokens, cacheCreationTokens];
  return parts.every((part) => part >= 0) ? inputTokens + cacheReadTokens + cacheCreationTokens : Number.NaN;
}
