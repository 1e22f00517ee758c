import { isJsonObject, type JsonObject } from '@ccproxy/wire';
import { flattenSchema, type SchemaBudget } from './flatten-schema.js';
import { schemaBranches } from './schema-branches.js';
import { describeSchema } from './schema-hints.js';

interface Walk {
  readonly root: JsonObject;
  readonly refs: readonly string[];
  readonly depth: number;
  readonly budget: SchemaBudget;
}

const maxNodes = 20_000;
const maxDepth = 48;

/**
 * A JSON Schema as the Gemini API takes it: the part of OpenAPI 3.0 its `Schema` type has (translation.md rows 57-61).
 * What it cannot say goes into the descriptions, and so do bounds and formats: it can say them, but answers 400 ("too many
 * states for serving", https://github.com/googleapis/python-genai/issues/660 and 2170) when they add up. Bounded in depth
 * and size, whatever the schema refers to.
 */
export function writeSchema(schema: JsonObject): JsonObject {
  return convert(schema, { root: schema, refs: [], depth: 0, budget: { nodes: maxNodes } });
}

/** The `parameters` of a function: always an object; undefined for a function without parameters, which may not have any. */
export function writeParameters(schema: JsonObject): JsonObject | undefined {
  const converted = writeSchema(schema);
  const parameters = converted['type'] === 'OBJECT' ? converted : uniteObjects(converted['anyOf']);
  return isJsonObject(parameters?.['properties']) ? parameters : undefined;
}

/** Alternatives of the whole input become one object with the members of all, of which those in all are required. */
function uniteObjects(anyOf: unknown): JsonObject | undefined {
  const objects = Array.isArray(anyOf) ? (anyOf as JsonObject[]).filter((branch) => isJsonObject(branch['properties'])) : [];
  if (objects.length === 0) return undefined;
  const properties = Object.assign({}, ...objects.map((branch) => branch['properties'])) as JsonObject;
  const required = objects.map((branch) => (branch['required'] ?? []) as readonly string[]);
  const always = Object.keys(properties).filter((name) => required.every((names) => names.includes(name)));
  return { type: 'OBJECT', properties, ...(always.length === 0 ? {} : { required: always }) };
}

function convert(value: unknown, walk: Walk): JsonObject {
  if (!isJsonObject(value)) return { type: 'STRING' };
  if (walk.budget.nodes <= 0 || walk.depth > maxDepth) return { type: 'OBJECT', description: 'Any object.' };
  const flat = flattenSchema(value, walk.root, walk.refs, walk.budget);
  const { branches, nullable } = schemaBranches(flat.schema);
  const inner: Walk = { ...walk, refs: flat.refs, depth: walk.depth + 1 };
  const [only] = branches;
  const written =
    branches.length === 1 && only !== undefined
      ? needsAnotherLook(only)
        ? convert(only, inner)
        : plainSchema(only, inner)
      : { anyOf: branches.map((branch) => convert(branch, inner)) };
  return nullable ? withNull(written) : written;
}

/** The API refuses any other member beside `anyOf`. */
const withNull = (schema: JsonObject): JsonObject =>
  Array.isArray(schema['anyOf']) ? { anyOf: (schema['anyOf'] as JsonObject[]).map(withNull) } : { ...schema, nullable: true };

const needsAnotherLook = (schema: JsonObject): boolean =>
  '$ref' in schema || 'allOf' in schema || 'anyOf' in schema || 'oneOf' in schema || Array.isArray(schema['type']);

const typeNames: ReadonlySet<string> = new Set(['STRING', 'NUMBER', 'INTEGER', 'BOOLEAN', 'ARRAY', 'OBJECT']);
/** A schema that offers no choice. */
function plainSchema(schema: JsonObject, walk: Walk): JsonObject {
  const type = typeOf(schema);
  const out: Record<string, unknown> = { type };
  Object.assign(out, enumOf(schema, type));
  if (type === 'ARRAY') out['items'] = convert(itemsOf(schema), walk);
  if (type === 'OBJECT') Object.assign(out, membersOf(schema, walk));
  const description = describeSchema(schema);
  return description === undefined ? out : { ...out, description };
}

function typeOf(schema: JsonObject): string {
  const type = schema['type'];
  const name = typeof type === 'string' ? type.toUpperCase() : '';
  if (typeNames.has(name)) return name;
  if (isJsonObject(schema['properties']) || 'additionalProperties' in schema || 'patternProperties' in schema) return 'OBJECT';
  if ('items' in schema || 'prefixItems' in schema) return 'ARRAY';
  const values = literalsOf(schema);
  if (values.length > 0 && values.every((value) => typeof value === 'number')) return values.every(Number.isInteger) ? 'INTEGER' : 'NUMBER';
  if (values.length > 0 && values.every((value) => typeof value === 'boolean')) return 'BOOLEAN';
  return 'minimum' in schema || 'maximum' in schema ? 'NUMBER' : 'STRING';
}

const literalsOf = (schema: JsonObject): readonly unknown[] =>
  'const' in schema ? [schema['const']] : Array.isArray(schema['enum']) ? (schema['enum'] as unknown[]) : [];

/** The API writes all values of an enum as strings, also those of numbers, and refuses empty ones. */
function enumOf(schema: JsonObject, type: string): JsonObject {
  const values = literalsOf(schema);
  const nullable = values.includes(null) ? { nullable: true } : {};
  if (type !== 'STRING' && type !== 'INTEGER' && type !== 'NUMBER') return nullable;
  const texts = values.filter((value) => typeof value === 'string' || typeof value === 'number').map(String);
  const named = [...new Set(texts.filter((text) => text !== ''))];
  return named.length === 0 ? nullable : { ...nullable, format: 'enum', enum: named };
}

/** A tuple is a list of any of its items. */
function itemsOf(schema: JsonObject): unknown {
  const tuple = schema['prefixItems'] ?? schema['items'];
  if (!Array.isArray(tuple)) return schema['items'] ?? { type: 'string' };
  return tuple.length === 0 ? { type: 'string' } : { anyOf: tuple as unknown[] };
}

function membersOf(schema: JsonObject, walk: Walk): JsonObject {
  const properties = isJsonObject(schema['properties']) ? schema['properties'] : {};
  const names = Object.keys(properties);
  if (names.length === 0) return {};
  const required = Array.isArray(schema['required']) ? (schema['required'] as unknown[]) : [];
  const known = names.filter((name) => required.includes(name));
  return {
    properties: Object.fromEntries(names.map((name) => [name, convert(properties[name], walk)])),
    ...(known.length === 0 ? {} : { required: known }),
  };
}
