import { isStrictSchema } from '../core/strict-schema.js';
import type { FunctionTool } from './read-tools.js';
import type { RequestScope } from './request-scope.js';

/** Whether the arguments of a tool can be bound to its schema, as the client asked; notes when they cannot (row 54). */
export function strictly({ schema, strict }: FunctionTool, scope: RequestScope): boolean {
  if (!strict) return false;
  const possible = scope.capabilities.strictSchemas !== false && isStrictSchema(schema);
  if (!possible) scope.drop('strict', 'hint');
  return possible;
}
