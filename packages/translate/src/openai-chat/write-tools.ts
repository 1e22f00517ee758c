import type { JsonObject } from '@ccproxy/wire';
import { strictly } from '../request/strictly.js';
import type { FunctionTool, ToolChoice, ToolWishes } from '../request/read-tools.js';
import type { RequestScope } from '../request/request-scope.js';

/** `tools`, `tool_choice` and `parallel_tool_calls` (rows 20-29, 39). */
export function writeTools({ functions, webSearch, choice, parallel }: ToolWishes, scope: RequestScope): JsonObject {
  const search = webSearch === undefined ? {} : { web_search_options: {} };
  if (functions.length === 0) return search;
  // A model that cannot be told to leave its tools alone gets none.
  if (choice?.mode === 'none' && scope.capabilities.toolChoice === false) return search;
  if (!parallel && scope.capabilities.parallelTools === false) scope.drop('disable_parallel_tool_use', 'hint');
  return {
    tools: functions.map((tool) => ({ type: 'function', function: writeFunction(tool, scope) })),
    ...(choice === undefined ? {} : writeChoice(choice, scope)),
    ...(parallel || scope.capabilities.parallelTools === false ? {} : { parallel_tool_calls: false }),
    ...search,
  };
}

function writeFunction(tool: FunctionTool, scope: RequestScope): JsonObject {
  const { name, description, schema } = tool;
  return {
    name,
    ...(description === undefined ? {} : { description }),
    parameters: schema,
    ...(strictly(tool, scope) ? { strict: true } : {}),
  };
}

function writeChoice(choice: ToolChoice, scope: RequestScope): JsonObject {
  if (scope.capabilities.toolChoice === false) {
    if (choice.mode !== 'auto') scope.drop('tool_choice', 'meaning');
    return {};
  }
  if (choice.mode === 'one') return { tool_choice: { type: 'function', function: { name: choice.name } } };
  return { tool_choice: choice.mode === 'any' ? 'required' : choice.mode };
}
