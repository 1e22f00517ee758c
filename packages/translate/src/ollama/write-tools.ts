import type { JsonObject } from '@ccproxy/wire';
import type { ToolWishes } from '../request/read-tools.js';
import type { RequestScope } from '../request/request-scope.js';

export interface OfferedTools {
  readonly tools: readonly JsonObject[];
  /** What the model is told in words. */
  readonly instructions: readonly string[];
}

/**
 * The functions of a request. Ollama has no `tool_choice`: none of them, or only the wanted one, are offered, and the model
 * is told to call (translation.md row 65). It may still answer otherwise, so the wish is noted as left out.
 */
export function writeTools({ functions, choice, parallel }: ToolWishes, scope: RequestScope): OfferedTools {
  const offered = choice?.mode === 'none' ? [] : choice?.mode === 'one' ? functions.filter((tool) => tool.name === choice.name) : functions;
  if (offered.length === 0) return { tools: [], instructions: [] };
  if (!parallel) scope.drop('disable_parallel_tool_use', 'hint');
  if (offered.some((tool) => tool.strict)) scope.drop('strict', 'hint');
  const tools = offered.map(({ name, description = '', schema }) => ({
    type: 'function',
    function: { name, description, parameters: schema },
  }));
  if (choice?.mode !== 'any' && choice?.mode !== 'one') return { tools, instructions: [] };
  scope.drop('tool_choice', 'hint');
  const what = choice.mode === 'one' ? `the tool "${choice.name}"` : 'one of the tools';
  return { tools, instructions: [`Answer this message by calling ${what}. Do not answer in words.`] };
}
