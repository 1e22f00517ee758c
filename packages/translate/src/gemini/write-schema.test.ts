import type { JsonObject } from '@ccproxy/wire';
import { isJsonObject } from '@ccproxy/wire';
import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { writeParameters, writeSchema } from './write-schema.js';

const scale = Number(process.env['CCPROXY_TEST_SCALE'] ?? 1);
const object = (properties: JsonObject, more: JsonObject = {}): JsonObject => ({ type: 'object', properties, ...more });
const property = (schema: unknown): unknown => (writeSchema(object({ p: schema }))['properties'] as JsonObject)['p'];

describe('keywords', () => {
  it('[C13] TR-57 removes what Gemini refuses and tells the model in the description', () => {
    const schema = {
      $schema: 'http://json-schema.org/draft-07/schema#',
      type: 'integer',
      title: 'Age',
      description: 'How old',
      exclusiveMinimum: 0,
      multipleOf: 2,
      default: 4,
      'x-internal': true,
      minimum: 1,
    };
    expect(property(schema)).toEqual({
      type: 'INTEGER',
      description: 'How old (default: 4, minimum: 1, exclusiveMinimum: 0, multipleOf: 2)',
    });
    expect(property({ type: 'object', properties: {}, additionalProperties: false, propertyNames: { pattern: '^x' } })).toEqual({
      type: 'OBJECT',
      description: '(propertyNames: {"pattern":"^x"})',
    });
    expect(property({ type: 'string', title: 'T', pattern: '^a', minLength: 2, format: 'uri' })).toEqual({
      type: 'STRING',
      description: 'T (format: "uri", pattern: "^a", minLength: 2)',
    });
    expect(property({ type: 'string', format: 'date-time' })).toEqual({ type: 'STRING', description: '(format: "date-time")' });
    expect(property({ type: 'string', maxLength: 524_288 })).toEqual({ type: 'STRING', description: '(maxLength: 524288)' });
    expect(property({ type: 'string', pattern: 'x'.repeat(200) })).toEqual({ type: 'STRING' });
  });

  it('[C13] TR-58 inlines references, also through definitions, and ends cycles with a plain object', () => {
    const schema = object(
      { a: { $ref: '#/$defs/P', description: 'own' }, list: { type: 'array', items: { $ref: '#/definitions/a~1b' } } },
      { $defs: { P: object({ z: { type: 'boolean' } }) }, definitions: { 'a/b': object({ next: { $ref: '#/definitions/a~1b' } }) } },
    );
    expect(writeSchema(schema)['properties']).toEqual({
      a: { type: 'OBJECT', properties: { z: { type: 'BOOLEAN' } }, description: 'own' },
      list: {
        type: 'ARRAY',
        items: { type: 'OBJECT', properties: { next: { type: 'OBJECT', description: 'An object of the form "a~1b".' } } },
      },
    });
    expect(property({ $ref: 'https://elsewhere.example/schema' })).toMatchObject({ type: 'OBJECT' });
    expect(property({ $ref: '#/nowhere/0/x' })).toMatchObject({ type: 'OBJECT' });
  });

  it('[C13] TR-59 has one way to say null, literals and alternatives', () => {
    expect(property({ type: ['string', 'null'] })).toEqual({ type: 'STRING', nullable: true });
    expect(property({ anyOf: [{ type: 'null' }, { type: 'number' }], description: 'd' })).toEqual({
      type: 'NUMBER',
      nullable: true,
      description: 'd',
    });
    expect(property({ const: 'K' })).toEqual({ type: 'STRING', format: 'enum', enum: ['K'] });
    expect(property({ type: 'integer', enum: [1, 2, null] })).toEqual({
      type: 'INTEGER',
      format: 'enum',
      enum: ['1', '2'],
      nullable: true,
    });
    expect(property({ enum: ['', 'a', 'a'] })).toEqual({ type: 'STRING', format: 'enum', enum: ['a'] });
    expect(property({ enum: [true] })).toEqual({ type: 'BOOLEAN' });
    expect(property({ oneOf: [{ const: 'a' }, { enum: ['b'] }] })).toEqual({ type: 'STRING', format: 'enum', enum: ['a', 'b'] });
    expect(property({ anyOf: [{ type: 'string' }, { type: 'number', description: 'n' }], description: 'either' })).toEqual({
      anyOf: [
        { type: 'STRING', description: 'either' },
        { type: 'NUMBER', description: 'either n' },
      ],
    });
    expect(property({ allOf: [object({ a: { type: 'string' } }, { required: ['a'] }), object({ b: {} }, { required: ['b'] })] })).toEqual({
      type: 'OBJECT',
      properties: { a: { type: 'STRING' }, b: { type: 'STRING' } },
      required: ['a', 'b'],
    });
    expect(property(object({ a: {} }, { anyOf: [{ required: ['a'] }, { required: ['b'] }] }))).toEqual({
      type: 'OBJECT',
      properties: { a: { type: 'STRING' } },
    });
  });

  it('[C13] TR-59 describes lists without items, tuples and schemas without a type', () => {
    expect(property({ type: 'array', minItems: 1 })).toEqual({ type: 'ARRAY', items: { type: 'STRING' }, description: '(minItems: 1)' });
    expect(property({ prefixItems: [{ type: 'string' }, { type: 'integer' }] })).toEqual({
      type: 'ARRAY',
      items: { anyOf: [{ type: 'STRING' }, { type: 'INTEGER' }] },
    });
    expect(property({ items: [] })).toEqual({ type: 'ARRAY', items: { type: 'STRING' } });
    expect(property(true)).toEqual({ type: 'STRING' });
    expect(property({ minimum: 1 })).toEqual({ type: 'NUMBER', description: '(minimum: 1)' });
    expect(property({ enum: [1.5] })).toMatchObject({ type: 'NUMBER' });
    expect(property({ additionalProperties: { type: 'string' } })).toMatchObject({ type: 'OBJECT' });
  });

  it('[C13] TR-60 TR-61 requires only what is there; a property may be called like a keyword', () => {
    const schema = object(
      { format: { type: 'string' }, title: {}, default: {}, pattern: {}, $ref: {}, __proto__: null },
      { required: ['format', 'nope'] },
    );
    const written = writeSchema(schema);
    expect(Object.keys(written['properties'] as JsonObject)).toEqual(['format', 'title', 'default', 'pattern', '$ref']);
    expect(written['required']).toEqual(['format']);
  });
});

describe('parameters of a function', () => {
  it('[C13] TR-22 are none where there are none', () => {
    expect(writeParameters({})).toBeUndefined();
    expect(writeParameters(object({}))).toBeUndefined();
    expect(writeParameters({ type: 'string' })).toBeUndefined();
  });

  it('[C13] TR-59 are one object also when the schema offers several', () => {
    const schema = { oneOf: [object({ a: {} }, { required: ['a'] }), object({ a: {}, b: {} }, { required: ['a', 'b'] })] };
    expect(writeParameters(schema)).toEqual({
      type: 'OBJECT',
      properties: { a: { type: 'STRING' }, b: { type: 'STRING' } },
      required: ['a'],
    });
  });
});

describe('any schema', () => {
  const known = new Set(['type', 'properties', 'items', 'required', 'nullable', 'enum', 'format', 'description', 'anyOf']);
  const types = new Set(['STRING', 'NUMBER', 'INTEGER', 'BOOLEAN', 'ARRAY', 'OBJECT']);

  /** Why the API would refuse a schema; undefined when it would not. */
  function fault(schema: unknown): string | undefined {
    if (!isJsonObject(schema)) return 'no object';
    const strange = Object.keys(schema).find((key) => !known.has(key));
    if (strange !== undefined) return `has ${strange}`;
    if (Array.isArray(schema['anyOf']))
      return Object.keys(schema).length > 1 ? 'anyOf beside others' : schema['anyOf'].map(fault).find(Boolean);
    if (!types.has(String(schema['type']))) return `type ${String(schema['type'])}`;
    if (schema['type'] === 'ARRAY') return fault(schema['items']);
    if (Array.isArray(schema['enum']) && !schema['enum'].every((value) => typeof value === 'string' && value !== '')) return 'enum';
    const properties = schema['properties'];
    if (!isJsonObject(properties)) return undefined;
    const required = (schema['required'] ?? []) as string[];
    if (!required.every((name) => Object.hasOwn(properties, name))) return 'required';
    return Object.values(properties).map(fault).find(Boolean);
  }

  const ref = fc.constantFrom('#', '#/$defs/A', '#/$defs/B', '#/properties/a', '#/nope');
  const { schema } = fc.letrec<{ schema: unknown }>((tie) => ({
    schema: fc.oneof(
      { depthSize: 'small' },
      fc.constantFrom<unknown>(true, {}, { type: 'string' }, { type: ['null', 'integer'] }, { const: 1 }, { enum: ['a', 2, null] }),
      ref.map(($ref) => ({ $ref })),
      fc.dictionary(fc.constantFrom('anyOf', 'oneOf', 'allOf', 'prefixItems'), fc.array(tie('schema'), { maxLength: 3 }), { maxKeys: 2 }),
      fc.record(
        {
          type: fc.constantFrom<unknown>('object', 'array', 'string', 'Number', ['object', 'array'], 3, null),
          properties: fc.dictionary(fc.constantFrom('a', 'b', 'format', 'constructor'), tie('schema'), { maxKeys: 3 }),
          required: fc.array(fc.constantFrom<unknown>('a', 'zz', 4), { maxLength: 2 }),
          items: tie('schema'),
          additionalProperties: tie('schema'),
          format: fc.constantFrom('uri', 'date-time', 'int32'),
          description: fc.string({ maxLength: 5 }),
          minimum: fc.constantFrom<unknown>(1, 'x'),
          not: tie('schema'),
        },
        { requiredKeys: [] },
      ),
    ),
  }));

  it('[C13] TR-57 TR-58 TR-59 TR-60 becomes one the API knows', () => {
    const root = fc.record({
      type: fc.constant('object'),
      properties: fc.dictionary(fc.constantFrom('a', 'b'), schema),
      $defs: fc.record({ A: schema, B: schema }),
    });
    fc.assert(
      fc.property(root, (value) => {
        expect(fault(writeSchema(value))).toBeUndefined();
        const parameters = writeParameters(value);
        return parameters === undefined || (parameters['type'] === 'OBJECT' && fault(parameters) === undefined);
      }),
      { numRuns: 3_000 * scale },
    );
  });

  it('[C13] TR-58 stays small when it is made to explode', () => {
    const names = Array.from({ length: 60 }, (_, index) => `d${index}`);
    const twice = (wrap: (next: JsonObject) => JsonObject) =>
      object(
        { x: { $ref: '#/$defs/d0' } },
        { $defs: Object.fromEntries(names.map((name, index) => [name, wrap({ $ref: `#/$defs/d${index + 1}` })])) },
      );
    for (const bomb of [
      twice((next) => object({ a: next, b: next })),
      twice((next) => ({ allOf: [next, next] })),
      twice((next) => ({ anyOf: [next, next, { type: 'string' }] })),
    ])
      expect(JSON.stringify(writeSchema(bomb)).length).toBeLessThan(2_000_000);
    let deep: JsonObject = {};
    for (let depth = 0; depth < 3000; depth += 1) deep = { allOf: [{ items: deep }] };
    expect(JSON.stringify(writeSchema(deep)).length).toBeLessThan(100_000);
  });
});
