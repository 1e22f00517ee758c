import { isJsonObject, type JsonObject } from '@ccproxy/wire';
import { mergeSchemas } from './flatten-schema.js';

/** The alternatives a schema allows. */
export interface SchemaBranches {
  readonly branches: readonly JsonObject[];
  /** `null` is one of them. */
  readonly nullable: boolean;
}

/**
 * The alternatives of a schema without `$ref` and `allOf`: its `anyOf` or `oneOf`, or the types of a list of types, each
 * with the members they share. One branch when there is no choice.
 */
export function schemaBranches(schema: JsonObject): SchemaBranches {
  const { anyOf, oneOf, ...shared } = schema;
  const list = Array.isArray(anyOf) ? (anyOf as unknown[]) : Array.isArray(oneOf) ? (oneOf as unknown[]) : undefined;
  if (list === undefined) return typeBranches(schema);
  const branches = list.filter(isJsonObject).filter((branch) => !isNull(branch));
  const own = typeBranches(shared);
  const nullable = own.nullable || list.some((branch) => isJsonObject(branch) && isNull(branch));
  // Branches that only say which members go together restrict nothing the Gemini API could express.
  if (branches.length === 0 || !branches.every(saysWhat)) return { branches: own.branches, nullable };
  const literals = asOneEnum(branches, shared);
  return literals === undefined
    ? { branches: branches.map((branch) => withShared(shared, branch)), nullable }
    : { branches: [literals], nullable };
}

/** A branch with the members that stand beside `anyOf`; the description of both is kept. */
function withShared(shared: JsonObject, branch: JsonObject): JsonObject {
  const texts = [shared['description'], branch['description']].filter((text) => typeof text === 'string');
  return { ...mergeSchemas(shared, branch), ...(texts.length === 0 ? {} : { description: texts.join(' ') }) };
}

function typeBranches(schema: JsonObject): SchemaBranches {
  const type = schema['type'];
  if (!Array.isArray(type)) return { branches: [schema], nullable: schema['nullable'] === true };
  const types = (type as unknown[]).filter((name) => typeof name === 'string');
  const real = types.filter((name) => name !== 'null');
  const { type: _types, ...rest } = schema;
  return {
    branches: real.length === 0 ? [rest] : real.map((name) => ({ ...rest, type: name })),
    nullable: real.length < types.length || schema['nullable'] === true,
  };
}

/** A union of string literals is one enum. */
function asOneEnum(branches: readonly JsonObject[], shared: JsonObject): JsonObject | undefined {
  const values: string[] = [];
  for (const branch of branches) {
    const literals = 'const' in branch ? [branch['const']] : branch['enum'];
    if (!Array.isArray(literals)) return undefined;
    for (const literal of literals as unknown[]) {
      if (typeof literal !== 'string') return undefined;
      values.push(literal);
    }
  }
  return { ...shared, type: 'string', enum: [...new Set(values)] };
}

const isNull = (schema: JsonObject): boolean =>
  schema['type'] === 'null' || ('const' in schema && schema['const'] === null) || isNullEnum(schema['enum']);
const isNullEnum = (values: unknown): boolean => Array.isArray(values) && values.length > 0 && values.every((value) => value === null);
const saysWhat = (schema: JsonObject): boolean => shapeKeys.some((key) => key in schema);
const shapeKeys = ['type', 'properties', 'items', 'enum', 'const', '$ref', 'allOf', 'anyOf', 'oneOf', 'format'];
