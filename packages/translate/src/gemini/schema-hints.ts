import type { JsonObject } from '@ccproxy/wire';

/** Keywords a Gemini schema does not keep and a model can still follow when it reads them. */
const told = [
  'format',
  'pattern',
  'default',
  'minimum',
  'maximum',
  'exclusiveMinimum',
  'exclusiveMaximum',
  'multipleOf',
  'minLength',
  'maxLength',
  'minItems',
  'maxItems',
  'uniqueItems',
  'minProperties',
  'maxProperties',
  'additionalProperties',
  'propertyNames',
  'patternProperties',
  'not',
  'if',
  'then',
  'else',
  'contentEncoding',
  'contentMediaType',
  'dependentRequired',
  'examples',
  'example',
] as const;
const maxHintChars = 120;
const maxHints = 6;

/**
 * The description of a schema with what its other keywords demand, for a model to read (translation.md row 57).
 */
export function describeSchema(schema: JsonObject): string | undefined {
  const hints: string[] = [];
  for (const key of told) {
    const value = Object.hasOwn(schema, key) ? schema[key] : undefined;
    if (value === undefined || typeof value === 'boolean' || hints.length === maxHints) continue;
    const text = JSON.stringify(value);
    if (text.length <= maxHintChars) hints.push(`${key}: ${text}`);
  }
  const text = schema['description'] ?? schema['title'];
  const description = typeof text === 'string' ? text : '';
  const hint = hints.length === 0 ? '' : `(${hints.join(', ')})`;
  return [description, hint].filter((part) => part !== '').join(' ') || undefined;
}
