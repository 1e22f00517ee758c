import { z } from 'zod';
import { leftOut } from './late.js';
import { configSchema } from './schema.js';

export type JsonSchema = z.core.JSONSchema.BaseSchema;

/** JSON Schema (draft 7) of `ccproxy.yaml` as it is written, for editors. Keys of later versions carry `x-available: false`. */
export function configJsonSchema(): JsonSchema {
  return z.toJSONSchema(configSchema, {
    io: 'input',
    target: 'draft-7',
    unrepresentable: 'any',
    override: ({ zodSchema, jsonSchema }) => void Object.assign(jsonSchema, leftOut.get(zodSchema)),
  });
}
