import { z } from 'zod';

/**
 * A schema that is made when the first value comes to it: a text uses few of all keys, and a command that reads it would spend more time on
 * making the rest than on reading (measured: 800 schemas, 15 ms). Only for schemas that take no missing value.
 * @param variant of a union: the `type` that leads to it
 */
export function late<Schema extends z.ZodType>(make: () => Schema, variant?: string): z.ZodLazy<Schema> {
  let made: Schema | undefined;
  // What writes the JSON schema asks more than once.
  const schema = z.lazy(() => (made ??= make()));
  // Without these, the schema around it would have it made to ask for them.
  schema._zod.optin = undefined;
  schema._zod.optout = undefined;
  if (variant !== undefined) schema._zod.propValues = { type: new Set([variant]) };
  return schema;
}

/** What stands in the JSON schema for something that may be left out, as it would be written. */
export const leftOut = z.registry<{ readonly default: object }>();

/**
 * A late schema for what a text may leave out: `absent` then stands for it, and nothing is made. It is what the schema makes of `written`, as a
 * test of the configuration says.
 */
export function lateOr<Schema extends z.ZodType>(
  make: () => Schema,
  absent: z.util.NoUndefined<z.output<Schema>>,
  written: object = {},
): z.ZodDefault<z.ZodLazy<Schema>> {
  return late(make).default(absent).register(leftOut, { default: written });
}
