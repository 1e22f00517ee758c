import { nearestEffort } from '../request/effort.js';
import type { Thinking } from '../request/parameters.js';
import type { RequestScope } from '../request/request-scope.js';

/**
 * `think`: a word for models that know words, else on or off (translation.md rows 49-51). undefined leaves it to the model.
 * Ollama refuses `true` for a model that does not think, so it is sent for an express wish only, or when the model is
 * known to think; `false` is no harm to any.
 */
export function writeReasoning({ mode, effort }: Thinking, scope: RequestScope): boolean | string | undefined {
  const { reasoning, efforts = ['low', 'medium', 'high'] } = scope.capabilities;
  if (reasoning === 'none') {
    if (mode === 'on') scope.drop('thinking', 'hint');
    if (effort !== undefined) scope.drop('effort', 'hint');
    return undefined;
  }
  if (mode === 'off') {
    // A model that knows words does not know "off" (https://docs.ollama.com/capabilities/thinking).
    if (reasoning === 'effort') scope.drop('thinking', 'hint');
    return false;
  }
  if (reasoning !== 'effort' && effort !== undefined) scope.drop('effort', 'hint');
  if (reasoning === 'effort') return effort === undefined ? (mode === 'on' ? true : undefined) : nearestEffort(effort, efforts);
  return mode === 'on' || (mode === 'adaptive' && reasoning !== undefined) ? true : undefined;
}
