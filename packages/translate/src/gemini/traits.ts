import type { ModelCapabilities } from '../core/model-capabilities.js';

/** Tokens a model may think: what `thinkingBudget` may be. `least` is 0 where thinking can be switched off. */
export interface BudgetRange {
  readonly least: number;
  readonly most: number;
}

/** https://ai.google.dev/gemini-api/docs/thinking, "Thinking budgets". The first name that fits is believed. */
const budgets: readonly (readonly [RegExp, BudgetRange])[] = [
  [/2\.5-pro|pro-latest/, { least: 128, most: 32_768 }],
  [/flash-lite/, { least: 0, most: 24_576 }],
  [/flash/, { least: 0, most: 24_576 }],
];

/** undefined for models whose range is not known: they are never told to think less than they would. */
export const budgetRange = (model: string): BudgetRange | undefined => budgets.find(([name]) => name.test(model))?.[1];

/**
 * What the name of a model tells about it; what is absent is assumed. A bound of the answer above the model's own is
 * refused, so that of the client is lowered (https://ai.google.dev/gemini-api/docs/models, "Output token limit").
 */
export function traits(model: string): ModelCapabilities {
  const common: ModelCapabilities = { images: true, pdf: true, webSearch: true, output: 65_536 };
  if (/gemini-(?:1\.|2\.0|pro-vision)|gemma|^learnlm/.test(model)) return { ...common, reasoning: 'none', output: 8192 };
  if (/gemini-(?:[3-9]|\d\d)/.test(model)) return { ...common, reasoning: 'effort', efforts: levels(model) };
  return { ...common, reasoning: 'budget' };
}

/** https://ai.google.dev/gemini-api/docs/gemini-3: the Pro models know fewer levels. */
const levels = (model: string): readonly string[] => (/pro/.test(model) ? ['low', 'high'] : ['minimal', 'low', 'medium', 'high']);
