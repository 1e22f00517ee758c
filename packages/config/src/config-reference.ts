import { configJsonSchema, type JsonSchema } from './config-json-schema.js';

/** One row of the reference of all keys. */
export interface ConfigReferenceEntry {
  /** `providers.<name>.timeouts.idle`, `routes[].when` */
  readonly path: string;
  readonly type: string;
  /** As it would be written; empty when there is none. */
  readonly default: string;
  readonly description: string;
  /** False: known, and refused in this version. */
  readonly available: boolean;
}

/** Every key of `ccproxy.yaml` in the order of the schema, taken from the schema itself. Conditions are listed once, under `when`. */
export function configReference(): readonly ConfigReferenceEntry[] {
  const root = configJsonSchema();
  const rows = new Map<string, ConfigReferenceEntry>();
  collect(root, '', root, rows, new Set());
  return [...rows.values()];
}

type Rows = Map<string, ConfigReferenceEntry>;

function collect(schema: JsonSchema, path: string, root: JsonSchema, rows: Rows, expanded: Set<string>): void {
  const target = resolve(schema, root);
  if (path !== '' && !path.endsWith('[]') && !path.endsWith('>')) addRow(schema, target, path, rows);
  const reference = referenceOf(schema);
  if (reference !== undefined && expanded.has(reference)) return;
  if (reference !== undefined) expanded.add(reference);
  for (const variant of [...(target.anyOf ?? []), ...(target.oneOf ?? [])])
    if (typeof variant === 'object') collectInside(variant, path, root, rows, expanded);
  collectInside(target, path, root, rows, expanded);
}

function collectInside(schema: JsonSchema, path: string, root: JsonSchema, rows: Rows, expanded: Set<string>): void {
  const target = resolve(schema, root);
  for (const [key, child] of Object.entries(target.properties ?? {})) {
    if (typeof child === 'object') collect(child, path === '' ? key : `${path}.${key}`, root, rows, expanded);
  }
  const { items, additionalProperties } = target;
  if (typeof items === 'object' && !Array.isArray(items)) collect(items, `${path}[]`, root, rows, expanded);
  if (typeof additionalProperties === 'object') collect(additionalProperties, `${path}.<name>`, root, rows, expanded);
}

function addRow(schema: JsonSchema, target: JsonSchema, path: string, rows: Rows): void {
  const earlier = rows.get(path);
  const type = typeOf(schema, target);
  const description = schema.description ?? target.description ?? '';
  if (earlier === undefined) {
    const available = (schema['x-available'] ?? target['x-available']) !== false;
    rows.set(path, { path, type, default: defaultOf(schema.default ?? target.default), description, available });
  } else if (target.const !== undefined && !earlier.type.split(' | ').includes(type)) {
    rows.set(path, { ...earlier, type: `${earlier.type} | ${type}` });
  }
}

function typeOf(schema: JsonSchema, target: JsonSchema): string {
  const named = schema['x-type'] ?? target['x-type'];
  if (typeof named === 'string') return named;
  if (target.const !== undefined) return String(target.const);
  if (target.type === 'object') return 'map';
  if (target.type === 'array') return 'list';
  return typeof target.type === 'string' ? target.type : 'any';
}

function defaultOf(value: unknown): string {
  if (value === undefined) return '';
  return typeof value === 'string' && value !== '' ? value : JSON.stringify(value);
}

function resolve(schema: JsonSchema, root: JsonSchema): JsonSchema {
  const name = /^#\/(?:definitions|\$defs)\/(.+)$/u.exec(referenceOf(schema) ?? '')?.[1];
  if (name === undefined) return schema;
  const definitions: unknown = root['definitions'] ?? root.$defs;
  const found = typeof definitions === 'object' && definitions !== null ? (definitions as Record<string, JsonSchema>)[name] : undefined;
  return found ?? schema;
}

/** In draft 7 a reference with a description beside it is wrapped in `allOf`. */
function referenceOf(schema: JsonSchema): string | undefined {
  const [first] = schema.allOf ?? [];
  return schema.$ref ?? (typeof first === 'object' ? first.$ref : undefined);
}
