import { type ConfigPath } from '../diagnostic.js';
import { parseExpressions } from '../interpolate.js';
import { type ImportedVariable, shownPath } from './fidelity.js';
import { isMap } from './source-values.js';

/** Names of the variables in a part of a configuration, and where they stand. */
export function variablesIn(value: unknown, path: ConfigPath = [], found = new Map<string, string[]>()): Map<string, string[]> {
  if (typeof value === 'string') {
    for (const piece of parseExpressions(value))
      if (piece.kind === 'variable') found.set(piece.name, [...(found.get(piece.name) ?? []), shownPath(path)]);
  } else if (Array.isArray(value)) {
    for (const [index, item] of (value as unknown[]).entries()) variablesIn(item, [...path, index], found);
  } else if (isMap(value)) {
    for (const [key, item] of Object.entries(value)) variablesIn(item, [...path, key], found);
  }
  return found;
}

export const importedVariables = (found: ReadonlyMap<string, readonly string[]>, literals: ReadonlySet<string>): ImportedVariable[] =>
  [...found].map(([name, usedBy]) => ({ name, usedBy, wasLiteral: literals.has(name) }));
