import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { StageResult } from '../stage.ts';
import { explainedWarnings, explanations } from './explained-warnings.ts';
import { readCount } from './read-count.ts';
import { admission, type Suite } from './suite.ts';

/**
 * All the ways the suite delivers an answer, and one it does not by itself: cut off. Its `reset`, a connection that breaks behind the last
 * byte of a whole answer, is left out: that answer is whole, and is given so.
 */
const modes = ['whole', 'rand', 'bytes1', 'utf8split', 'crlf', 'comments', 'nospace', 'nodone', 'nofinalnl', 'ctcharset', 'truncate'];

/** Every recording, delivered in every way, through the daemon: no errors, and no warning but the explained ones. */
export async function judgeAnswers(suite: Suite): Promise<StageResult> {
  const file = join(suite.folder, 'answers.json');
  const { code, output } = await suite.run('run.mjs', [...admission, '--modes', modes.join(','), '--out', file]);
  const counted = readCount(output, code);
  if (code !== 0) return counted;
  const given = warningsIn(readFileSync(file, 'utf8'));
  const problems = compareWarnings(given, explainedWarnings());
  return {
    passed: counted.passed,
    failed: counted.failed + problems.length,
    output: [counted.output, ...problems].join('\n'),
    report: `     warnings, each explained in ${explanations}: ${[...given].map(([text, count]) => `${text} (${count})`).join(', ') || 'none'}`,
  };
}

/** The warnings of a run and how often each was given. */
export function warningsIn(results: string): Map<string, number> {
  const cases = JSON.parse(results) as readonly { readonly warnings: readonly string[] }[];
  const all = cases.flatMap(({ warnings }) => warnings);
  return new Map([...Map.groupBy(all, (text) => text)].map(([text, times]) => [text, times.length]));
}

/** Both lists are the same: nothing is given without a reason, no reason stands for what is not given. */
export const compareWarnings = (given: ReadonlyMap<string, number>, explained: readonly string[]): string[] => [
  ...[...given.keys()]
    .filter((text) => !explained.includes(text))
    .map((text) => `the warning "${text}" is not explained in ${explanations}`),
  ...explained.filter((text) => !given.has(text)).map((text) => `${explanations} explains the warning "${text}", which is not given`),
];
