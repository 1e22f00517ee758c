import { isJsonObject, type JsonObject, objectMember } from '@ccproxy/wire';
import { type Effort, effortOfBudget, isEffort } from './effort.js';
import type { Thinking } from './parameters.js';

const leastBudget = 1024;

/**
 * What a request says about thinking: `thinking`, `output_config.effort`, and the `output_config` a system message in the
 * conversation may carry, which is newer than the one of the body. Off means off, whatever effort stands beside it (row 51).
 */
export function readThinkingWish(body: JsonObject, maxTokens: number | undefined): Thinking {
  const thinking = objectMember(body, 'thinking');
  const type = thinking?.['type'];
  if (type === 'disabled') return { mode: 'off', effort: undefined, budget: undefined, shown: false };
  const effort = effortOf(body);
  const shown = thinking?.['display'] !== 'omitted';
  const budget = typeof thinking?.['budget_tokens'] === 'number' ? legalBudget(thinking['budget_tokens'], maxTokens) : undefined;
  if (type === 'enabled')
    return { mode: 'on', effort: effort ?? (budget === undefined ? undefined : effortOfBudget(budget)), budget, shown };
  return { mode: type === 'adaptive' ? 'adaptive' : 'unset', effort, budget: undefined, shown: shown && type === 'adaptive' };
}

function effortOf(body: JsonObject): Effort | undefined {
  const messages = Array.isArray(body['messages']) ? body['messages'] : [];
  const newest = messages.findLast((message): message is JsonObject => isJsonObject(message) && effortIn(message) !== undefined);
  return effortIn(newest ?? body) ?? effortIn(body);
}

function effortIn(holder: JsonObject): Effort | undefined {
  const effort = objectMember(holder, 'output_config')?.['effort'];
  return isEffort(effort) ? effort : undefined;
}

/** At least what Anthropic allows, and below the bound of the whole answer (row 52). */
function legalBudget(wanted: number, maxTokens: number | undefined): number {
  const most = maxTokens === undefined ? Number.MAX_SAFE_INTEGER : Math.max(1, maxTokens - 1);
  return Math.min(Math.max(Math.floor(wanted), leastBudget), most);
}
