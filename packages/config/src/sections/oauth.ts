import { z } from 'zod';
import { duration, flag, type IssueParams } from '../fields.js';
import { late } from '../late.js';

/** One line, possibly empty: an unset variable makes the provider unavailable and is no error. */
const part = (description: string) =>
  z
    .string({ error: 'must be text of one line' })
    .max(4096, { error: 'must be at most 4096 characters' })
    .refine((value) => !/\p{Cc}/u.test(value), { error: 'must be text of one line' })
    .register(z.globalRegistry, { description, 'x-type': 'text' });

const variable = (description: string) =>
  part(description).refine((value) => value === '' || /^[A-Za-z_][A-Za-z0-9_]*$/u.test(value), { error: 'must be the name of a variable' });

const kinds = ['command', 'file', 'env'] as const;

/** Where the token of a provider is fetched from: exactly one of a command, a file and a variable. */
export const oauth = late(() =>
  z
    .strictObject({
      command: z
        .array(part('A word of the command.'), { error: 'must be a list: the program, then its arguments' })
        .min(1, { error: 'must name a program' })
        .max(64, { error: 'must have at most 64 words' })
        .register(z.globalRegistry, {
          description: 'Program and arguments, run without a shell; what it prints is the token.',
          'x-type': 'list',
        })
        .optional(),
      file: z
        .strictObject({
          path: part('The file; relative to this one.'),
          pointer: part('JSON pointer to the token, such as /credentials/access_token. Without it the whole file is the token.')
            .refine((value) => value === '' || /^(?:\/(?:[^~]|~[01])*)+$/u.test(value), {
              error: 'must be a JSON pointer such as /access_token',
            })
            .prefault(''),
        })
        .register(z.globalRegistry, { description: 'A file that something else keeps up to date.' })
        .optional(),
      env: variable('A variable of the daemon’s environment.').optional(),
      refresh: duration('30d', { description: 'Age at which the token is fetched anew; also when the provider refuses it.' }).prefault(
        '8h',
      ),
      required: flag({ description: 'true: without the token the daemon does not start. Otherwise the provider is unavailable.' }).prefault(
        false,
      ),
      timeout: duration('2m', { description: 'Longest time the command may take.' }).prefault('10s'),
      passEnv: z
        .array(variable('Name of a variable.'))
        .max(64, { error: 'must be at most 64 names' })
        .register(z.globalRegistry, { description: 'Variables the command gets besides PATH, HOME and the like.', 'x-type': 'list' })
        .prefault([]),
    })
    .refine((written) => kinds.filter((kind) => written[kind] !== undefined).length === 1, {
      error: 'needs exactly one of `command`, `file` and `env`',
      params: { hint: 'For example: `oauth: { command: [work-token, print] }`.' } satisfies IssueParams,
    })
    .register(z.globalRegistry, {
      description: 'A token from a command, a file or a variable, sent as `Authorization: Bearer`. Calls then need a gateway token.',
    }),
).optional();

interface Written {
  readonly apiKey?: string | undefined;
  readonly apiKeys?: readonly unknown[] | undefined;
  readonly oauth?: unknown;
}

/** A token takes the place of keys. */
export const oauthAlone: [check: (provider: Written) => boolean, told: { path: string[]; error: string; params: IssueParams }] = [
  ({ oauth: written, apiKey, apiKeys }) => written === undefined || (apiKey === undefined && apiKeys === undefined),
  {
    path: ['oauth'],
    error: '`oauth` and keys exclude each other',
    params: { hint: 'Keep one: `oauth` fetches a token, `apiKey` is one.' },
  },
];
