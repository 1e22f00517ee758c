/** A string behind `it(`, `describe(`, `check(` and their kin, or behind what `it.each(…)` gives. */
const title = /(?:\b(?:it|test|describe|check)(?:\.\w+)*|\)|`)\(\s*(['"`])(.*?)\1/gs;

/** The titles of the tests in a source. */
export const titlesIn = (source: string): string[] => [...source.matchAll(title)].map(([, , text = '']) => text);
