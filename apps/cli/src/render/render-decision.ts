import { renderTable } from './render-table.js';

/** One rule that was considered. */
export interface ShownStep {
  readonly rule: string;
  readonly fired: boolean;
  readonly because: string;
}

/** A decision for people. */
export interface ShownDecision {
  /** `name: value` rows above the rules. */
  readonly head: readonly (readonly [name: string, value: string])[];
  readonly steps: readonly ShownStep[];
}

/** A decision as text: what came out, then every rule that was considered and why. */
export function renderDecision({ head, steps }: ShownDecision): string {
  const rules = steps.map(({ rule, fired, because }) => [`  ${fired ? 'fired' : '-'}`, rule, because]);
  return [renderTable(head), ...(rules.length === 0 ? [] : ['rules', renderTable(rules)])].join('\n');
}
