import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { repositoryRoot } from '@ccproxy-internal/test-kit';
import type { StageResult } from '../stage.ts';
import { readCount } from './read-count.ts';
import { admission, type Suite } from './suite.ts';

/** A case of the suite that asks for what the provider's own documentation says it does not have. */
export interface Disputed {
  readonly case: string;
  readonly api: string;
  readonly why: string;
  readonly documentation: string;
}

const list = 'tooling/verify/disputed.json';
const most = 5;

/** What reaches the upstream for each case of the suite, in each API. */
export async function judgeRequests(suite: Suite): Promise<StageResult> {
  const disputed = JSON.parse(readFileSync(join(repositoryRoot, list), 'utf8')) as readonly Disputed[];
  const { code, output } = await suite.run('requests.mjs', admission);
  return setApart(readCount(output, code), disputed);
}

/**
 * The result with the disputed cases apart: they may fail, all of them do, and there are at most five, each with the page that says why.
 */
export function setApart({ passed, output }: StageResult, disputed: readonly Disputed[]): StageResult {
  const failures = [...output.matchAll(/^FAIL (\S+) (R\d+) (.*)$/gm)].map(([text, api = '', name = '']) => ({ text, api, name }));
  const isDisputed = (failure: { api: string; name: string }): boolean =>
    disputed.some((one) => one.api === failure.api && one.case === failure.name);
  const problems = [
    ...failures.filter((failure) => !isDisputed(failure)).map(({ text }) => text),
    ...disputed
      .filter((one) => !failures.some(({ api, name }) => one.api === api && one.case === name))
      .map((one) => `${one.case} of ${one.api} passes: take it out of ${list}`),
    ...disputed
      .filter(({ documentation }) => !documentation.startsWith('https://'))
      .map((one) => `${one.case} of ${one.api} names no page`),
    ...(disputed.length > most ? [`${list} holds ${disputed.length} cases; it may hold ${most}`] : []),
  ];
  return {
    passed,
    failed: passed === 0 ? Math.max(1, problems.length) : problems.length,
    output: [output, ...problems].join('\n'),
    report: disputed.map((one) => `     disputed: ${one.case} of ${one.api}: ${one.documentation}`).join('\n'),
  };
}
