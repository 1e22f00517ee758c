import { isCredentialHeader } from '@ccproxy/kernel';
import { z } from 'zod';
import { choice, integer, type IssueParams, oneOrMany, text } from '../fields.js';
import { late } from '../late.js';
import type { Condition, TimeWindow, Weekday } from '../rule.js';

type Part<Key extends string> = Extract<Condition, Readonly<Record<Key, unknown>>>[Key & keyof Extract<Condition, Record<Key, unknown>>];

export const mostTokens = 100_000_000;

/** Patterns, any of which may fit. */
export const globs = (description: string) =>
  oneOrMany(text({ description: 'A pattern.' }), { description: `${description} \`*\` is any text, \`?\` one character.` });

/** The given keys without those that are absent. */
function present<T extends object>(value: T): { [Key in keyof T]: Exclude<T[Key], undefined> } {
  return Object.fromEntries(Object.entries(value).filter(([, part]) => part !== undefined)) as {
    [Key in keyof T]: Exclude<T[Key], undefined>;
  };
}

const notEmpty = (value: object): boolean => Object.values(value).some((part) => part !== undefined);

export const tokens = late(() =>
  z
    .strictObject({
      over: integer(0, mostTokens, { description: 'More input tokens than this.' }).optional(),
      under: integer(0, mostTokens, { description: 'Fewer input tokens than this.' }).optional(),
    })
    .refine(notEmpty, { error: 'needs `over` or `under`' })
    .refine(({ over, under }) => over === undefined || under === undefined || under > over, {
      error: 'can never hold: `under` is not above `over`',
    })
    .transform((value): Part<'tokens'> => present(value))
    .register(z.globalRegistry, { description: 'Input tokens of the request.' }),
);

export const thinking = late(() =>
  z
    .strictObject({
      type: globs('How thinking is asked for: `enabled`, `adaptive`, `disabled`.').optional(),
      budgetOver: integer(0, mostTokens, { description: 'More thinking tokens allowed than this.' }).optional(),
    })
    .refine(notEmpty, { error: 'needs `type` or `budgetOver`' })
    .transform((value): Part<'thinking'> => present(value))
    .register(z.globalRegistry, { description: 'How the request asks for thinking. A request that does not mention it never fits.' }),
);

export const tool = late(() =>
  z
    .strictObject({
      declared: globs('Name of a tool the request offers to the model.').optional(),
      used: globs('Name of a tool the model has called in this conversation.').optional(),
      forced: globs('Name of the tool the model is made to call.').optional(),
    })
    .refine(notEmpty, { error: 'needs `declared`, `used` or `forced`' })
    .transform((value): Part<'tool'> => present(value))
    .register(z.globalRegistry, { description: 'Tools of the client, MCP tools included.' }),
);

export const header = late(() =>
  z
    .record(
      z
        .string()
        .regex(/^[A-Za-z0-9!#$%&'*+.^_`|~-]{1,128}$/u, { error: 'must be the name of a header' })
        .refine((name) => !isCredentialHeader(name), { error: 'must not be a header that carries a credential' }),
      globs('Pattern over the value.'),
    )
    .refine((headers) => Object.keys(headers).length > 0, { error: 'names no header' })
    .transform((headers): Part<'header'> =>
      Object.fromEntries(Object.entries(headers).map(([name, patterns]) => [name.toLowerCase(), patterns])),
    )
    .register(z.globalRegistry, {
      description: 'Patterns over request headers; all of them have to fit. Headers that carry credentials cannot be named.',
    }),
);

const weekdays = ['mon', 'tue', 'wed', 'thu', 'fri', 'sat', 'sun'] as const satisfies readonly Weekday[];

const clockTime = (description: string) =>
  text({ description }, 'a time of day such as "09:00"').transform((written, context): number => {
    const [, hours = '', minutes = ''] = /^(\d{1,2}):(\d{2})$/u.exec(written) ?? [];
    const value = Number(hours) * 60 + Number(minutes);
    if (hours !== '' && Number(minutes) < 60 && value <= 24 * 60) return value;
    context.addIssue({ code: 'custom', message: 'must be a time of day such as "09:00"' });
    return z.NEVER;
  });

const zone = () =>
  text({ description: 'Time zone, such as Europe/Berlin; the zone of the machine when absent.' }).refine(isZone, {
    error: 'must be a time zone such as Europe/Berlin',
  });

function isZone(name: string): boolean {
  try {
    return new Intl.DateTimeFormat('en', { timeZone: name }).resolvedOptions().timeZone !== '';
  } catch {
    // The field says what it expects in the words of the configuration.
    return false;
  }
}

export const time = late(() =>
  z
    .strictObject({
      days: oneOrMany(choice(weekdays, { description: 'A day.' }), { description: 'Days on which the window begins.' }).optional(),
      from: clockTime('Begin, such as "09:00"; midnight when absent.').optional(),
      to: clockTime('End, such as "17:30"; midnight when absent. An end before the begin lies on the next day.').optional(),
      zone: zone().optional(),
    })
    .refine(({ days, from, to }) => notEmpty({ days, from, to }), {
      error: 'needs `days`, `from` or `to`',
      params: { hint: 'For example `time: { days: [sat, sun] }`, or `time: { from: "22:00", to: "06:00" }`.' } satisfies IssueParams,
    })
    .transform((value): TimeWindow => present(value))
    .register(z.globalRegistry, { description: 'Time of day and week at which the request came.' }),
);
