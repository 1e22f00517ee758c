import { describe, expect, it } from 'vitest';
import { z } from 'zod';
import { late, leftOut } from './late.js';
import { configSchema } from './schema.js';

describe('late', () => {
  it('makes a schema once, and only for a value', () => {
    let made = 0;
    const schema = z.strictObject({
      given: late(() => {
        made += 1;
        return z.string();
      }).optional(),
    });
    expect([schema.parse({}), made]).toEqual([{}, 0]);
    expect([schema.parse({ given: 'a' }), schema.safeParse({ given: 1 }).success, made]).toEqual([{ given: 'a' }, false, 1]);
  });

  it('makes only the variant of a union that a value is of', () => {
    const made: string[] = [];
    const variant = (type: string) =>
      late(() => {
        made.push(type);
        return z.strictObject({ type: z.literal(type) });
      }, type);
    const schema = z.discriminatedUnion('type', [variant('a'), variant('b')]);
    expect([schema.parse({ type: 'b' }), made]).toEqual([{ type: 'b' }, ['b']]);
    expect(schema.safeParse({ type: 'c' }).error?.issues[0]).toMatchObject({ code: 'invalid_union', options: ['a', 'b'] });
  });
});

it('has in place of what is left out what its schema makes of it', () => {
  const compared: unknown[] = [];
  z.toJSONSchema(configSchema, {
    io: 'input',
    unrepresentable: 'any',
    override: ({ zodSchema }) => {
      const written = leftOut.get(zodSchema);
      if (written === undefined || !(zodSchema instanceof z.ZodDefault)) return;
      expect(zodSchema.parse(undefined)).toEqual(zodSchema.parse(written.default));
      compared.push(zodSchema);
    },
  });
  expect(compared.length).toBeGreaterThan(8);
});
