import { isJsonObject, type JsonObject } from '@ccproxy/wire';

const maxDepth = 32;

/**
 * Whether a schema already is what OpenAI's strict mode asks for: every object closed, every property required. Others
 * are sent without `strict`; making optional properties required would change the tool (row 54).
 */
export function isStrictSchema(schema: unknown, depth = 0): boolean {
  if (depth > maxDepth) return false;
  if (Array.isArray(schema)) return schema.every((entry) => isStrictSchema(entry, depth + 1));
  if (!isJsonObject(schema)) return true;
  return isClosed(schema) && Object.values(schema).every((member) => isStrictSchema(member, depth + 1));
}

function isClosed(schema: JsonObject): boolean {
  const { properties, required } = schema;
  if (schema['type'] !== 'object' && !isJsonObject(properties)) return true;
  if (schema['additionalProperties'] !== false) return false;
  const keys = isJsonObject(properties) ? Object.keys(properties) : [];
  return keys.every((key) => Array.isArray(required) && required.includes(key));
}
