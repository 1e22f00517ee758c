import type { JsonObject } from '@ccproxy/wire';
import { nearestEffort } from '../request/effort.js';
import type { Thinking } from '../request/parameters.js';
import type { RequestScope } from '../request/request-scope.js';

const commonEfforts = ['low', 'medium', 'high'];

/** `reasoning`: how hard, and whether a readable summary is wanted (rows 49-51). */
export function writeReasoning(thinking: Thinking, scope: RequestScope): JsonObject {
  const { reasoning, efforts } = scope.capabilities;
  const known = reasoning !== undefined && reasoning !== 'none';
  // A model nobody knows is told only when the client insists.
  if (!known && (reasoning === 'none' || thinking.mode !== 'on')) return left(thinking, scope);
  const effort = effortOf(thinking, efforts ?? commonEfforts, scope);
  const summary = thinking.shown && known;
  if (effort === undefined && !summary) return {};
  return { reasoning: { ...(effort === undefined ? {} : { effort }), ...(summary ? { summary: 'auto' } : {}) } };
}

function left({ mode, effort }: Thinking, scope: RequestScope): JsonObject {
  if (mode === 'on') scope.drop('thinking', 'hint');
  if (effort !== undefined) scope.drop('effort', 'hint');
  return {};
}

function effortOf({ mode, effort }: Thinking, known: readonly string[], scope: RequestScope): string | undefined {
  if (mode !== 'off') return effort === undefined ? undefined : nearestEffort(effort, known);
  const weakest = nearestEffort('none', known);
  if (weakest === 'none' || weakest === 'minimal') return weakest;
  scope.drop('thinking', 'hint');
  return undefined;
}
