import type { JsonObject } from '@ccproxy/wire';
import { budgetOfEffort, type Effort, nearestEffort } from '../request/effort.js';
import type { Parameters, Thinking } from '../request/parameters.js';
import type { RequestScope } from '../request/request-scope.js';
import { budgetRange } from './traits.js';

/**
 * `thinkingConfig` (translation.md rows 49-52): a level for models that know levels, a budget for the others, nothing for
 * those that do not think, as they refuse it.
 */
export function writeReasoning({ thinking, maxTokens }: Parameters, scope: RequestScope): JsonObject | undefined {
  const { reasoning = 'budget' } = scope.capabilities;
  if (reasoning === 'none') {
    if (thinking.mode === 'on') scope.drop('thinking', 'hint');
    if (thinking.effort !== undefined) scope.drop('effort', 'hint');
    return undefined;
  }
  return reasoning === 'effort' ? byLevel(thinking, scope) : byBudget(thinking, scope, maxTokens);
}

function byLevel({ mode, effort }: Thinking, scope: RequestScope): JsonObject | undefined {
  const known = scope.capabilities.efforts ?? ['low', 'high'];
  if (mode === 'off') {
    // These models cannot be told not to think; the least they know comes nearest.
    if (!known.includes('minimal')) scope.drop('thinking', 'hint');
    return level('minimal', known);
  }
  if (mode === 'unset') return effort === undefined ? undefined : level(effort, known);
  return { includeThoughts: true, ...(effort === undefined ? {} : level(effort, known)) };
}

const level = (effort: Effort, known: readonly string[]): JsonObject => {
  const word = nearestEffort(effort, known);
  return word === undefined ? {} : { thinkingLevel: word.toUpperCase() };
};

function byBudget({ mode, effort, budget }: Thinking, scope: RequestScope, maxTokens: number | undefined): JsonObject | undefined {
  const range = budgetRange(scope.model);
  if (mode === 'off') {
    if (range?.least !== 0) scope.drop('thinking', 'hint');
    return range === undefined ? undefined : { thinkingBudget: range.least };
  }
  if (mode === 'unset' && (effort === undefined || range === undefined)) {
    if (effort !== undefined) scope.drop('effort', 'hint');
    return undefined;
  }
  const wanted = budget ?? (effort === undefined ? undefined : budgetOfEffort(effort));
  // The budget counts against the bound of the answer.
  const most = Math.min(range?.most ?? 32_768, maxTokens === undefined ? Number.MAX_SAFE_INTEGER : Math.max(1, maxTokens - 1));
  const legal = wanted === undefined ? -1 : Math.max(range?.least ?? 0, Math.min(wanted, most));
  return { ...(mode === 'unset' ? {} : { includeThoughts: true }), thinkingBudget: legal };
}
