/** A JSON schema, as far as it is drawn. */
export interface JsonSchema {
  readonly type?: string | readonly string[];
  readonly const?: unknown;
  readonly enum?: readonly unknown[];
  readonly properties?: Readonly<Record<string, JsonSchema>>;
  readonly required?: readonly string[];
  readonly additionalProperties?: boolean | JsonSchema;
  readonly items?: JsonSchema;
  readonly anyOf?: readonly JsonSchema[];
  readonly oneOf?: readonly JsonSchema[];
  readonly allOf?: readonly JsonSchema[];
}

/** A schema in one line, in the notation of TypeScript. */
export function shapeOf(schema: JsonSchema): string {
  const union = schema.anyOf ?? schema.oneOf;
  if (union !== undefined) return union.map(shapeOf).join(' | ');
  if (schema.allOf !== undefined) return schema.allOf.map(shapeOf).join(' & ');
  if (schema.const !== undefined) return JSON.stringify(schema.const);
  if (schema.enum !== undefined) return schema.enum.map((value) => JSON.stringify(value)).join(' | ');
  if (schema.type === 'array') return arrayShape(shapeOf(schema.items ?? {}));
  if (schema.type === 'object') return objectShape(schema);
  if (schema.type === undefined) return 'unknown';
  return [schema.type].flat().join(' | ');
}

const arrayShape = (item: string): string => (item.includes(' | ') ? `(${item})[]` : `${item}[]`);

function objectShape({ properties = {}, required = [], additionalProperties }: JsonSchema): string {
  const fields = Object.entries(properties).map(([name, value]) => `${name}${required.includes(name) ? '' : '?'}: ${shapeOf(value)}`);
  const rest = typeof additionalProperties === 'object' ? [`[name: string]: ${shapeOf(additionalProperties)}`] : [];
  const all = [...fields, ...rest];
  return all.length === 0 ? '{}' : `{ ${all.join(', ')} }`;
}
