import { z } from 'zod';
import { choice, flag, type IssueParams, name, oneOrMany } from '../fields.js';
import { late } from '../late.js';
import type { Condition, RequestClass } from '../rule.js';
import { globs, header, thinking, time, tokens, tool } from './condition-fields.js';

/** Kinds of request the client names in its hint headers (measured: facts of the client). */
export const requestClasses = [
  'main',
  'subagent',
  'workflow',
  'compaction',
  'auxiliary',
  'side_reply',
] as const satisfies readonly RequestClass[];

const list = (description: string) =>
  z
    .array(z.lazy(() => condition))
    .min(1, { error: 'must not be an empty list' })
    .register(z.globalRegistry, { description })
    .optional();

/** Several keys in one map all have to hold: `{ class: main, tokens: { over: 1000 } }` is `all` of both. */
export const condition: z.ZodType<Condition> = late(() =>
  z
    .strictObject({
      all: list('Every condition of the list holds.'),
      any: list('At least one condition of the list holds.'),
      not: z
        .lazy(() => condition)
        .register(z.globalRegistry, { description: 'The condition does not hold.' })
        .optional(),
      class: oneOrMany(choice(requestClasses, { description: 'A kind of request.' }), {
        description: `Kind of request, as the client names it: ${requestClasses.join(', ')}.`,
      }).optional(),
      agentType: globs('Kind of subagent, as the client names it: Explore, Plan, general-purpose, ….').optional(),
      model: globs('The model the client asked for.').optional(),
      tokens: tokens.optional(),
      thinking: thinking.optional(),
      tool: tool.optional(),
      serverTool: globs('Type of a tool the provider runs itself, such as `web_search*`.').optional(),
      image: flag({ description: 'Whether the request holds an image.' }).optional(),
      system: globs('The system prompt, all of it: `*word*` looks for a word.').optional(),
      header: header.optional(),
      project: globs('Path of the project the request comes from.').optional(),
      session: globs('Session id of the client.').optional(),
      user: globs('Name of the token the request came with.').optional(),
      stream: flag({ description: 'Whether the client asked for an event stream.' }).optional(),
      time: time.optional(),
      custom: name({ description: 'A routing module of your own, from `plugins.routing`.' }).optional(),
    })
    .transform((keys, context): Condition => {
      const parts = Object.entries(keys)
        .filter(([, value]) => value !== undefined)
        .map(([key, value]) => ({ [key]: value }) as unknown as Condition);
      const [first] = parts;
      if (first === undefined) {
        context.addIssue({
          code: 'custom',
          message: 'holds no condition',
          params: { hint: 'A rule for every request is written `model: "*"`; the target `default` needs no rule.' } satisfies IssueParams,
        });
        return z.NEVER;
      }
      return parts.length === 1 ? first : { all: parts };
    }),
);

/** Names of the routing modules a condition asks. */
export function customNames(of: Condition): readonly string[] {
  if ('all' in of) return of.all.flatMap(customNames);
  if ('any' in of) return of.any.flatMap(customNames);
  if ('not' in of) return customNames(of.not);
  return 'custom' in of ? [of.custom] : [];
}
