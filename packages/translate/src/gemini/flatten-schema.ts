import { isJsonObject, type JsonObject, stringMember } from '@ccproxy/wire';

/** What one conversion may still do; shared by all its steps, so that a schema made to explode stays small. */
export interface SchemaBudget {
  nodes: number;
}

/** A schema without `$ref` and `allOf`, and the references that were followed to get there. */
export interface FlatSchema {
  readonly schema: JsonObject;
  readonly refs: readonly string[];
}

const maxDepth = 48;

/**
 * Inlines the `$ref` of a schema and merges its `allOf`, one level deep. A reference back to a schema that is being
 * inlined becomes a plain object that says so, as the Gemini API knows no references (translation.md row 58).
 */
export function flattenSchema(schema: JsonObject, root: JsonObject, refs: readonly string[], budget: SchemaBudget, depth = 0): FlatSchema {
  budget.nodes -= 1;
  const { $ref: _ref, allOf, ...own } = schema;
  const ref = stringMember(schema, '$ref');
  const parts: readonly unknown[] = [ref === undefined ? undefined : { ref }, ...(Array.isArray(allOf) ? (allOf as unknown[]) : [])];
  let flat: FlatSchema = { schema: own, refs };
  for (const part of parts.toReversed()) {
    if (!isJsonObject(part) || budget.nodes <= 0 || depth > maxDepth) continue;
    const inner =
      part === parts[0] && ref !== undefined ? target(ref, root, refs, budget, depth) : flattenSchema(part, root, refs, budget, depth + 1);
    flat = { schema: mergeSchemas(inner.schema, flat.schema), refs: [...new Set([...flat.refs, ...inner.refs])] };
  }
  return flat;
}

/** Both schemas must hold: members of `over` win, properties and required names are united. */
export function mergeSchemas(base: JsonObject, over: JsonObject): JsonObject {
  const merged: Record<string, unknown> = { ...base, ...over };
  if (isJsonObject(base['properties']) && isJsonObject(over['properties']))
    merged['properties'] = { ...base['properties'], ...over['properties'] };
  if (Array.isArray(base['required']) && Array.isArray(over['required']))
    merged['required'] = [...new Set<unknown>([...(base['required'] as unknown[]), ...(over['required'] as unknown[])])];
  return merged;
}

function target(ref: string, root: JsonObject, refs: readonly string[], budget: SchemaBudget, depth: number): FlatSchema {
  const found = refs.includes(ref) ? undefined : resolveLocalRef(ref, root);
  if (found !== undefined) return flattenSchema(found, root, [...refs, ref], budget, depth + 1);
  const name = ref.slice(ref.lastIndexOf('/') + 1).slice(0, 64);
  return { schema: { type: 'object', description: `An object of the form "${name}".` }, refs };
}

/** The schema a JSON pointer of this document names; nothing outside the document is looked at. */
function resolveLocalRef(ref: string, root: JsonObject): JsonObject | undefined {
  if (ref === '#') return root;
  if (!ref.startsWith('#/')) return undefined;
  let at: unknown = root;
  for (const step of ref.slice(2).split('/')) {
    const key = step.replaceAll('~1', '/').replaceAll('~0', '~');
    if (Array.isArray(at)) at = (at as unknown[])[Number(key)];
    else if (isJsonObject(at) && Object.hasOwn(at, key)) at = at[key];
    else return undefined;
  }
  return isJsonObject(at) ? at : undefined;
}
