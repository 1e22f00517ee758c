import { judge, type Verdict } from './bars.ts';
import { badTotals, figuresOf, type Results } from './results.ts';
import { median, type Ratio } from './statistics.ts';
import { ccproxy, control } from './targets/target-specs.ts';

/** Everything measured and what it means, as Markdown. */
export function renderReport(results: Results): string {
  const target = Object.values(results.workloads).some((targets) => ccproxy in targets) ? ccproxy : control;
  return [
    verdictTable(judge(results, target), target),
    ...Object.keys(results.workloads).map((workload) => figureTable(results, workload)),
    problems(results),
  ]
    .filter((part) => part !== '')
    .join('\n\n')
    .concat('\n');
}

function verdictTable(verdicts: readonly Verdict[], target: string): string {
  if (verdicts.length === 0) return '';
  const rows = verdicts.map(({ bar, value, control: again, holds }) => {
    const unit = bar.absolute === undefined ? '×' : ` ${bar.absolute}`;
    const limit = `${bar.holds === 'most' ? '≤' : '≥'} ${bar.limit}${unit}`;
    return [
      bar.title,
      `${round(value.median)}${unit}`,
      range(value),
      again === undefined ? '' : `${round(again.median)}× (${range(again)})`,
      limit,
      holds ? 'yes' : '**no**',
    ];
  });
  return table(['', target, 'rounds', 'A/A control', 'bar', 'holds'], rows);
}

function figureTable(results: Results, workload: string): string {
  const targets = Object.keys(results.workloads[workload] ?? {});
  const figures = [...new Set(targets.flatMap((target) => Object.keys(results.workloads[workload]?.[target]?.[0] ?? {})))].filter(
    (figure) => figure !== 'bad',
  );
  const rows = targets.map((target) => [target, ...figures.map((figure) => cell(median(figuresOf(results, workload, target, figure))))]);
  return `### ${workload}\n\n${table(['medians of the rounds', ...figures], rows)}`;
}

function problems(results: Results): string {
  return badTotals(results)
    .map(
      ({ workload, target, bad }) =>
        `PROBLEM: ${workload}, ${target}: ${bad} failed requests or incomplete streams; its figures are worth nothing.`,
    )
    .join('\n');
}

const table = (head: readonly string[], rows: readonly (readonly string[])[]): string =>
  [head, head.map((_, index) => (index === 0 ? '---' : '--:')), ...rows].map((row) => `| ${row.join(' | ')} |`).join('\n');
const round = (value: number): string => (Math.abs(value) >= 10 ? value.toFixed(0) : value.toFixed(2));
const range = (ratio: Ratio): string => `${round(ratio.min)} to ${round(ratio.max)}`;
const cell = (value: number): string => (Number.isNaN(value) ? '' : round(value));
