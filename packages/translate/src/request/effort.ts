/** How much a model shall think. Words as Anthropic and the others use them, weakest first. */
export const efforts = ['none', 'minimal', 'low', 'medium', 'high', 'xhigh', 'max'] as const;

export type Effort = (typeof efforts)[number];

export const isEffort = (value: unknown): value is Effort => efforts.some((effort) => effort === value);

/** A budget of tokens as a word (row 49). */
export function effortOfBudget(tokens: number): Effort {
  if (tokens < 4096) return 'low';
  return tokens < 16_384 ? 'medium' : 'high';
}

/** The strongest of the words a model knows that is not above the wanted one, else its weakest; undefined when it knows none. */
export function nearestEffort(wanted: Effort, known: readonly string[]): string | undefined {
  const ranked = efforts.filter((effort) => known.includes(effort));
  return ranked.findLast((effort) => efforts.indexOf(effort) <= efforts.indexOf(wanted)) ?? ranked[0];
}

/** A word as a budget of tokens, for models that take a number. */
export const budgetOfEffort = (effort: Effort): number =>
  ({ none: 0, minimal: 1024, low: 2048, medium: 8192, high: 24_576, xhigh: 32_768, max: 65_536 })[effort];
