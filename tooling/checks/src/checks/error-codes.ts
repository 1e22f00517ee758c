import type { Check } from '../check.ts';
import { type ErrorEntry, errorTables } from '../reference/error-tables.ts';

/** A code has one owner, and says what happened, why and what to do. */
export const errorCodes: Check = {
  name: 'error codes',
  run: async (repository) => {
    const { entries, missing } = await errorTables(repository);
    return [...missing, ...entries.flatMap(entryProblems), ...duplicates(entries)];
  },
};

function entryProblems(entry: ErrorEntry): string[] {
  // Begins with whatever it speaks of (a name, a value in backticks) and ends like a sentence.
  const sentence = /^\S.{4,}[.?]$/s;
  return [
    ...(/^CCP_[A-Z0-9]+(?:_[A-Z0-9]+)*$/.test(entry.code) ? [] : ['is not spelt CCP_UPPER_CASE']),
    ...(entry.title.trim() === '' ? ['has no title'] : []),
    ...(sentence.test(entry.why) ? [] : ['does not say in a sentence why it happens']),
    ...(sentence.test(entry.fix) ? [] : ['does not say in a sentence what to do']),
    ...([1, 2, 3].includes(entry.exitCode) ? [] : [`has the exit code ${entry.exitCode}`]),
    ...(Number.isInteger(entry.httpStatus) && entry.httpStatus >= 400 && entry.httpStatus < 600
      ? []
      : [`has the HTTP status ${entry.httpStatus}`]),
  ].map((problem) => `${entry.owner}: ${entry.code} ${problem}.`);
}

function duplicates(entries: readonly ErrorEntry[]): string[] {
  const owners = Map.groupBy(entries, (entry) => entry.code);
  return [...owners]
    .filter(([, all]) => all.length > 1)
    .map(([code, all]) => `${code} is declared by ${all.map((entry) => entry.owner).join(' and ')}; keep one.`);
}
