import type { JsonObject } from '@ccproxy/wire';
import { strictly } from '../request/strictly.js';
import type { FunctionTool, ToolChoice, ToolWishes } from '../request/read-tools.js';
import type { RequestScope } from '../request/request-scope.js';

/** `tools`, `tool_choice` and `parallel_tool_calls` (rows 20-29, 39). */
export function writeTools({ functions, webSearch, choice, parallel }: ToolWishes, scope: RequestScope): JsonObject {
  const tools = [
    ...functions.map((tool) => writeFunction(tool, scope)),
    ...(webSearch === undefined ? [] : [writeSearch(webSearch, scope)]),
  ];
  if (tools.length === 0 || (choice?.mode === 'none' && scope.capabilities.toolChoice === false)) return {};
  if (!parallel && scope.capabilities.parallelTools === false) scope.drop('disable_parallel_tool_use', 'hint');
  return {
    tools,
    ...(choice === undefined ? {} : writeChoice(choice, scope)),
    ...(parallel || scope.capabilities.parallelTools === false ? {} : { parallel_tool_calls: false }),
  };
}

/** `strict` stands always: this API takes its absence for true. */
const writeFunction = (tool: FunctionTool, scope: RequestScope): JsonObject => ({
  type: 'function',
  name: tool.name,
  ...(tool.description === undefined ? {} : { description: tool.description }),
  parameters: tool.schema,
  strict: strictly(tool, scope),
});

function writeSearch({ allowedDomains, blockedDomains }: NonNullable<ToolWishes['webSearch']>, scope: RequestScope): JsonObject {
  if (blockedDomains.length > 0) scope.drop('web_search.blocked_domains', 'meaning');
  return { type: 'web_search', ...(allowedDomains.length === 0 ? {} : { filters: { allowed_domains: allowedDomains } }) };
}

function writeChoice(choice: ToolChoice, scope: RequestScope): JsonObject {
  if (scope.capabilities.toolChoice === false) {
    if (choice.mode !== 'auto') scope.drop('tool_choice', 'meaning');
    return {};
  }
  if (choice.mode === 'one') return { tool_choice: { type: 'function', name: choice.name } };
  return { tool_choice: choice.mode === 'any' ? 'required' : choice.mode };
}
