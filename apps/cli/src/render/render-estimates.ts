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

const number = new Intl.NumberFormat('en-US');
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
    shown([`  ${model}`, ways[by], number.format(requests), signed(median), percent(ninetieth), percent(worst), number.format(wrongSide)]),
  );
  const others = [
    ...(leftOut.uncounted === 0 ? [] : [`${number.format(leftOut.uncounted)} without a count of the provider`]),
    ...(leftOut.serverTools === 0 ? [] : [`${number.format(leftOut.serverTools)} with tools the provider runs, which add to its count`]),
  ];
  return [
    `${number.format(compared)} of the last ${number.format(decisions)} requests: the estimate against what the provider counted`,
    renderTable([shown(columns), ...rows]),
    ...(thresholds.length === 0
      ? []
      : [`wrong side: of a threshold of the rules (${thresholds.map((each) => number.format(each)).join(', ')})`]),
    ...(others.length === 0 ? [] : [`left out: ${others.join('; ')}`]),
  ].join('\n');
}
