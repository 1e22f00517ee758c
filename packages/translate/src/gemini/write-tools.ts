import type { JsonObject } from '@ccproxy/wire';
import type { ToolNameRules } from '../core/tool-names.js';
import type { ToolChoice, ToolWishes } from '../request/read-tools.js';
import type { RequestScope } from '../request/request-scope.js';
import { writeParameters } from './write-schema.js';

/** 64 is what all versions of the API take; newer ones take 128. */
export const geminiToolNames: ToolNameRules = { maxLength: 64, illegal: /[^a-zA-Z0-9_.:-]/g, first: /^[a-zA-Z_]/ };

/** "At most 512 function declarations can be specified": https://github.com/google-gemini/gemini-cli/issues/19083. */
const mostFunctions = 512;

/** `tools` and `toolConfig` of a request, as far as it has any. */
export function writeTools(wishes: ToolWishes, scope: RequestScope): JsonObject {
  const { functions, choice, parallel } = wishes;
  if (functions.length === 0) return wishes.webSearch === undefined ? {} : { tools: [searchTool(wishes.webSearch, scope)] };
  // Before Gemini 3 the API refuses its own search beside functions, and needs more than a request to have both since then.
  if (wishes.webSearch !== undefined) scope.unserved('web_search');
  if (!parallel) scope.drop('disable_parallel_tool_use', 'hint');
  if (functions.some((tool) => tool.strict)) scope.drop('strict', 'hint');
  if (functions.length > mostFunctions) scope.drop('tools', 'meaning');
  const declarations = functions.slice(0, mostFunctions).map(({ name, description, schema }) => {
    const parameters = writeParameters(schema);
    return { name, ...(description === undefined ? {} : { description }), ...(parameters === undefined ? {} : { parameters }) };
  });
  return { tools: [{ functionDeclarations: declarations }], ...toolConfig(choice, scope) };
}

function searchTool({ allowedDomains, blockedDomains }: NonNullable<ToolWishes['webSearch']>, scope: RequestScope): JsonObject {
  if (allowedDomains.length > 0 || blockedDomains.length > 0) scope.drop('web_search.domains', 'meaning');
  return { googleSearch: {} };
}

/** Row 26, 27, 29. */
function toolConfig(choice: ToolChoice | undefined, scope: RequestScope): JsonObject {
  if (choice === undefined || choice.mode === 'auto') return {};
  if (scope.capabilities.toolChoice === false && choice.mode !== 'none') {
    scope.drop('tool_choice', 'meaning');
    return {};
  }
  if (choice.mode === 'none') return { toolConfig: { functionCallingConfig: { mode: 'NONE' } } };
  const names = choice.mode === 'one' ? { allowedFunctionNames: [choice.name] } : {};
  return { toolConfig: { functionCallingConfig: { mode: 'ANY', ...names } } };
}
