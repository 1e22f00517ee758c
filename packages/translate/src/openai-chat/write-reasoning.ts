import type { JsonObject } from '@ccproxy/wire';
import { type Effort, nearestEffort } from '../request/effort.js';
import type { Thinking } from '../request/parameters.js';
import type { RequestScope } from '../request/request-scope.js';

const commonEfforts = ['low', 'medium', 'high'];

/**
 * How a chat model is told to think (rows 49-51). Models nobody knows are told only when the client insists (`enabled`
 * with a budget): Claude Code's `adaptive` stands in every request, and many servers refuse a member they do not know.
 */
export function writeReasoning(thinking: Thinking, scope: RequestScope): JsonObject {
  if (thinking.mode === 'unset' && thinking.effort === undefined) return {};
  switch (scope.capabilities.reasoning) {
    case 'none':
      return dropped(thinking, scope);
    case 'switch':
      return { thinking: { type: thinking.mode === 'off' ? 'disabled' : 'enabled' } };
    case 'budget':
      return writeBudget(thinking);
    case 'effort':
      return writeEffort(thinking.mode === 'off' ? 'none' : thinking.effort, scope.capabilities.efforts ?? commonEfforts, scope);
    default:
      return thinking.mode === 'on' ? writeEffort(thinking.effort ?? 'medium', commonEfforts, scope) : dropped(thinking, scope);
  }
}

function dropped({ mode, effort }: Thinking, scope: RequestScope): JsonObject {
  if (mode === 'on') scope.drop('thinking', 'hint');
  if (effort !== undefined) scope.drop('effort', 'hint');
  return {};
}

/** The weakest the model knows stands for none, when it is weaker than `low`. */
function writeEffort(wanted: Effort | undefined, known: readonly string[], scope: RequestScope): JsonObject {
  if (wanted === undefined) return {};
  const effort = nearestEffort(wanted, known);
  if (effort === undefined || (wanted === 'none' && effort !== 'none' && effort !== 'minimal')) {
    scope.drop('thinking', 'hint');
    return {};
  }
  return { reasoning_effort: effort };
}

/** OpenRouter's form. */
function writeBudget({ mode, effort, budget }: Thinking): JsonObject {
  if (mode === 'off') return { reasoning: { enabled: false } };
  if (budget !== undefined) return { reasoning: { max_tokens: budget } };
  return effort === undefined ? {} : { reasoning: { effort: nearestEffort(effort, commonEfforts) } };
}
