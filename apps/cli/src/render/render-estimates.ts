import { groupDigits } from '@ccproxy/kernel';
import type { EstimateErrors } from '@ccproxy/router';
import { renderTable } from './render-table.js';

/** What `ccproxy route tokens` found. */
export interface Estimates {
  /** Decisions that were looked at. */
  readonly decisions: number;
  readonly compared: number;
  /** Not compared, and why. */
  readonly leftOut: { readonly uncounted: number; readonly serverTools: number };
  /** Token counts above which the rules decide otherwise than up to them. */
  readonly thresholds: readonly number[];
  readonly estimates: readonly EstimateErrors[];
}

const percent = (part: number): string => `${(part * 100).toFixed(1)} %`;
const signed = (part: number): string => `${part > 0 ? '+' : ''}${percent(part)}`;

const ways: Readonly<Record<EstimateErrors['by'], string>> = {
  turn: 'turn before + added',
  tokenizer: 'tokenizer',
  bytes: 'bytes, calibrated',
  unknown: 'not recorded',
};

const columns = ['  model', 'estimated by', 'requests', 'median', '90 % within', 'worst', 'wrong side'];

/** How wrong estimates were, as a table. */
export function renderEstimates({ decisions, compared, leftOut, thresholds, estimates }: Estimates): string {
  // Without a threshold there is no side.
  const shown = (row: readonly string[]): readonly string[] => (thresholds.length === 0 ? row.slice(0, -1) : row);
  const rows = estimates.map(({ model, by, requests, median, ninetieth, worst, wrongSide }) =>
    shown([`  ${model}`, ways[by], groupDigits(requests), signed(median), percent(ninetieth), percent(worst), groupDigits(wrongSide)]),
  );
  const others = [
    ...(leftOut.uncounted === 0 ? [] : [`${groupDigits(leftOut.uncounted)} without a count of the provider`]),
    ...(leftOut.serverTools === 0 ? [] : [`${groupDigits(leftOut.serverTools)} with tools the provider runs, which add to its count`]),
  ];
  return [
    `${groupDigits(compared)} of the last ${groupDigits(decisions)} requests: the estimate against what the provider counted`,
    renderTable([shown(columns), ...rows]),
    ...(thresholds.length === 0
      ? []
      : [`wrong side: of a threshold of the rules (${thresholds.map((each) => groupDigits(each)).join(', ')})`]),
    ...(others.length === 0 ? [] : [`left out: ${others.join('; ')}`]),
  ].join('\n');
}
