import { isJsonObject, type JsonObject, objectMember, stringMember } from '@ccproxy/wire';
import type { RequestScope } from './request-scope.js';

/** A function the model may call. */
export interface FunctionTool {
  /** In the target's form. */
  readonly name: string;
  readonly description: string | undefined;
  /** An object schema with `properties` (row 22); nothing but the schema the client gave (row 21). */
  readonly schema: JsonObject;
  readonly strict: boolean;
}

/** `one`: a named function, in the target's form. */
export type ToolChoice = { readonly mode: 'auto' | 'any' | 'none' } | { readonly mode: 'one'; readonly name: string };

export interface ToolWishes {
  readonly functions: readonly FunctionTool[];
  /** The target's own web search is asked for (row 39). */
  readonly webSearch: { readonly allowedDomains: readonly string[]; readonly blockedDomains: readonly string[] } | undefined;
  /** undefined: nothing was said. */
  readonly choice: ToolChoice | undefined;
  /** False: at most one call per answer. */
  readonly parallel: boolean;
}

/**
 * The tools of a request. Tools of Anthropic's servers have no counterpart except web search; they are noted as dropped.
 * A client's own tool of the name of a search that is switched on gives way to it (row 40).
 */
export function readTools(body: JsonObject, scope: RequestScope): ToolWishes {
  const entries = Array.isArray(body['tools']) ? body['tools'].filter(isJsonObject) : [];
  if (entries.length > 0 && scope.capabilities.tools === false) {
    scope.drop('tools', 'meaning');
    return { functions: [], webSearch: undefined, choice: undefined, parallel: true };
  }
  const server = entries.filter(isServerTool);
  const search = server.find((tool) => stringMember(tool, 'type')?.startsWith('web_search'));
  const webSearch = search !== undefined && scope.capabilities.webSearch === true ? readSearch(search) : undefined;
  for (const tool of server) if (tool !== search || webSearch === undefined) scope.unserved(stringMember(tool, 'type') ?? '');
  const functions = entries.filter((tool) => !isServerTool(tool) && !(webSearch !== undefined && tool['name'] === search?.['name']));
  const { choice, parallel } = readChoice(body, scope);
  // The search itself is wanted: a provider is told so by offering nothing else.
  if (webSearch !== undefined && choice?.mode === 'one' && objectMember(body, 'tool_choice')?.['name'] === search?.['name'])
    return { functions: [], webSearch, choice: { mode: 'any' }, parallel };
  return { functions: unique(functions.map((tool) => readFunction(tool, scope))), webSearch, choice, parallel };
}

const isServerTool = (tool: JsonObject): boolean => {
  const type = stringMember(tool, 'type');
  return type !== undefined && type !== 'custom' && objectMember(tool, 'input_schema') === undefined;
};

function readFunction(tool: JsonObject, scope: RequestScope): FunctionTool {
  const schema = objectMember(tool, 'input_schema') ?? {};
  return {
    name: scope.toolNames.toUpstream(stringMember(tool, 'name') ?? ''),
    description: stringMember(tool, 'description'),
    schema: { ...schema, type: 'object', properties: objectMember(schema, 'properties') ?? {} },
    strict: tool['strict'] === true,
  };
}

/** The first of several tools of one name: no provider takes two. */
const unique = (tools: readonly FunctionTool[]): FunctionTool[] =>
  [...new Map(tools.toReversed().map((tool) => [tool.name, tool])).values()].toReversed();

const names = (value: unknown): string[] => (Array.isArray(value) ? value.filter((name) => typeof name === 'string') : []);

const readSearch = (tool: JsonObject): NonNullable<ToolWishes['webSearch']> => ({
  allowedDomains: names(tool['allowed_domains']),
  blockedDomains: names(tool['blocked_domains']),
});

function readChoice(body: JsonObject, scope: RequestScope): Pick<ToolWishes, 'choice' | 'parallel'> {
  const choice = objectMember(body, 'tool_choice');
  const parallel = choice?.['disable_parallel_tool_use'] !== true;
  const type = choice?.['type'];
  const name = choice === undefined ? undefined : stringMember(choice, 'name');
  if (type === 'tool' && name !== undefined) return { choice: { mode: 'one', name: scope.toolNames.toUpstream(name) }, parallel };
  return { choice: type === 'auto' || type === 'any' || type === 'none' ? { mode: type } : undefined, parallel };
}
