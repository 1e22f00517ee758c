import type { PastEstimate } from './past-estimate.js';

/** How wrong the estimates of one kind were, of one model. Errors are parts of what was counted: 0.1 is a tenth too much. */
export interface EstimateErrors {
  readonly model: string;
  readonly by: PastEstimate['by'];
  readonly requests: number;
  /** Above 0: more was estimated than counted, by most of them. */
  readonly median: number;
  /** Nine of ten were wrong by this much at most, in either direction. */
  readonly ninetieth: number;
  readonly worst: number;
  /** Those whose count lies on the other side of a threshold than the estimate. */
  readonly wrongSide: number;
}

const order: readonly PastEstimate['by'][] = ['turn', 'tokenizer', 'bytes', 'unknown'];

/**
 * Compares estimates with what was counted, by model and by how they were made; the model asked most often first. `thresholds`: those of a
 * `RuleSet`.
 */
export function estimateErrors(past: readonly PastEstimate[], thresholds: readonly number[]): EstimateErrors[] {
  const models = [...Map.groupBy(past, ({ model }) => model)].sort(([, a], [, b]) => b.length - a.length);
  return models.flatMap(([model, ofModel]) => {
    const kinds = Map.groupBy(ofModel, ({ by }) => by);
    return order.flatMap((by) => {
      const same = kinds.get(by);
      return same === undefined ? [] : [{ model, by, ...errorsOf(same, thresholds) }];
    });
  });
}

function errorsOf(same: readonly PastEstimate[], thresholds: readonly number[]): Omit<EstimateErrors, 'model' | 'by'> {
  const signed = ascending(same.map(({ estimate, counted }) => (estimate - counted) / counted));
  const absolute = ascending(signed.map(Math.abs));
  return {
    requests: same.length,
    median: (at(signed, Math.ceil(same.length / 2)) + at(signed, Math.floor(same.length / 2) + 1)) / 2,
    ninetieth: at(absolute, Math.ceil(same.length * 0.9)),
    worst: at(absolute, same.length),
    wrongSide: same.filter(({ estimate, counted }) => thresholds.some((threshold) => estimate > threshold !== counted > threshold)).length,
  };
}

const ascending = (values: readonly number[]): number[] => values.toSorted((a, b) => a - b);
/** The nth smallest, from 1. */
const at = (sorted: readonly number[], nth: number): number => sorted[nth - 1] ?? 0;
