import { z } from 'zod';
import type { Condition, RequestClass } from '../config.js';
import { choice, flag, integer, type IssueParams, oneOrMany, text } from '../fields.js';
import { notAvailable } from '../not-available.js';

/** Kinds of request the client names in its hint headers (measured: facts of the client). */
export const requestClasses = [
  'main',
  'subagent',
  'workflow',
  'compaction',
  'auxiliary',
  'side_reply',
] as const satisfies readonly RequestClass[];

const mostTokens = 100_000_000;

const tokens = z
  .strictObject({
    over: integer(0, mostTokens, { description: 'More input tokens than this.' }).optional(),
    under: integer(0, mostTokens, { description: 'Fewer input tokens than this.' }).optional(),
  })
  .refine(({ over, under }) => over !== undefined || under !== undefined, { error: 'needs `over` or `under`' })
  .refine(({ over, under }) => over === undefined || under === undefined || under > over, {
    error: 'can never hold: `under` is not above `over`',
  })
  .transform(({ over, under }): Extract<Condition, { tokens: unknown }>['tokens'] => ({
    ...(over === undefined ? {} : { over }),
    ...(under === undefined ? {} : { under }),
  }))
  .meta({ description: 'Input tokens of the request.' });

const list = (description: string) =>
  z
    .array(z.lazy(() => condition))
    .min(1, { error: 'must not be an empty list' })
    .meta({ description })
    .optional();

const later = (description: string) =>
  notAvailable({ description, instead: 'Available conditions: all, any, not, class, model, tokens, stream.' });

/** Several keys in one map all have to hold: `{ class: main, tokens: { over: 1000 } }` is `all` of both. */
export const condition: z.ZodType<Condition> = z
  .strictObject({
    all: list('Every condition of the list holds.'),
    any: list('At least one condition of the list holds.'),
    not: z
      .lazy(() => condition)
      .meta({ description: 'The condition does not hold.' })
      .optional(),
    class: oneOrMany(choice(requestClasses, { description: 'A kind of request.' }), {
      description: `Kind of request, as the client names it: ${requestClasses.join(', ')}.`,
    }).optional(),
    model: oneOrMany(text({ description: 'A pattern.' }), {
      description: 'Pattern over the model the client asked for: `*` is any text, `?` one character.',
    }).optional(),
    tokens: tokens.optional(),
    stream: flag({ description: 'Whether the client asked for an event stream.' }).optional(),
    agentType: later('Kind of subagent.'),
    thinking: later('Whether and how much the request thinks.'),
    tool: later('Tools the request declares, used or forces.'),
    serverTool: later('Server tools the request declares.'),
    image: later('Whether the request holds an image.'),
    system: later('Pattern over the system prompt.'),
    header: later('Patterns over request headers.'),
    project: later('Pattern over the path of the project.'),
    session: later('Session of the client.'),
    user: later('User of the gateway key.'),
    time: later('Time of day or week.'),
    custom: later('A routing module of your own.'),
  })
  .transform((keys, context): Condition => {
    const { all, any, not, class: classes, model, tokens: count, stream } = keys;
    const parts: Condition[] = [
      ...(all === undefined ? [] : [{ all }]),
      ...(any === undefined ? [] : [{ any }]),
      ...(not === undefined ? [] : [{ not }]),
      ...(classes === undefined ? [] : [{ class: classes }]),
      ...(model === undefined ? [] : [{ model }]),
      ...(count === undefined ? [] : [{ tokens: count }]),
      ...(stream === undefined ? [] : [{ stream }]),
    ];
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
  });
