import { errors } from '../errors.js';

/**
 * How much leaving something out changes: `meaning`, the model knows or may do less than was asked; `hint`, a wish about
 * cost, style or bookkeeping. `strict` refuses the first and lists the second.
 */
export type DropWeight = 'meaning' | 'hint';

/** What a translation left out of a request, by name: `top_k`, `image`, `tool_choice`, … */
export interface DroppedFeatures {
  /** Notes a feature. Throws CCP_TRANSLATE_LOSSY when the translation is strict and the weight is `meaning`. */
  drop(feature: string, weight: DropWeight): void;
  /** Each name once, in the order they were met; at most 32. */
  readonly names: readonly string[];
}

const maxNames = 32;

export function createDroppedFeatures(strict: boolean): DroppedFeatures {
  const names: string[] = [];
  return {
    drop(feature, weight) {
      if (strict && weight === 'meaning')
        throw errors.CCP_TRANSLATE_LOSSY({ message: `the target cannot take: ${feature}`, details: { feature } });
      if (names.length < maxNames && !names.includes(feature)) names.push(feature);
    },
    names,
  };
}
