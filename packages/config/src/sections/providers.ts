import { z } from 'zod';
import { checkBaseUrl } from '../base-url.js';
import type { ProviderType } from '../config.js';
import { duration, type IssueParams, name, secret, text } from '../fields.js';
import { notAvailable } from '../not-available.js';

const anthropicUrl = 'https://api.anthropic.com';

const timeouts = z
  .strictObject({
    connect: duration('10m', { description: 'Until the connection (with TLS) stands.' }).prefault('5s'),
    firstByte: duration('1h', { description: 'Until the first byte of the answer.' }).prefault('120s'),
    idle: duration('1h', { description: 'Longest silence within an answer.' }).prefault('90s'),
    total: duration('24h', { description: 'Whole call.' }).prefault('60m'),
  })
  .meta({ description: 'Time limits of one call; each has its own error code.' })
  .prefault({});

const anthropic = z
  .strictObject({
    type: z.literal('anthropic').meta({ description: 'Wire protocol of the provider.' }),
    baseUrl: text({ description: 'Origin and path prefix of the API, http or https.' })
      .superRefine((written, context) => {
        const checked = checkBaseUrl(written);
        if (checked.ok) return;
        context.addIssue({ code: 'custom', message: checked.message, params: { code: checked.code } satisfies IssueParams });
      })
      .prefault(anthropicUrl),
    auth: z
      .literal('client', { error: 'must be `client` (or leave it out and set `apiKey`)' })
      .meta({
        description: '`client`: forward the credential of the calling client, untouched. The default without `apiKey`.',
        'x-type': 'client',
      })
      .optional(),
    apiKey: secret({
      description:
        'Credential sent instead of the client’s. Unset variable or empty: the provider is unavailable. Calls then need a gateway token.',
    }).optional(),
    oauth: notAvailable({
      description: 'Token from a command, file or variable, refreshed by age.',
      instead: 'Use `auth: client` or `apiKey`.',
    }),
    timeouts,
  })
  .refine((provider) => provider.auth === undefined || provider.apiKey === undefined, {
    path: ['auth'],
    error: '`auth: client` and `apiKey` exclude each other',
    params: { hint: 'Keep one: `auth: client` forwards the caller’s credential, `apiKey` replaces it.' } satisfies IssueParams,
  });

const demo = z.strictObject({
  type: z.literal('demo').meta({ description: 'Wire protocol of the provider.' }),
  timeouts,
});

/** A type whose protocol this version does not speak. Its keys are not checked further. */
const planned = <T extends ProviderType>(type: T, description: string) =>
  z
    .looseObject({ type: z.literal(type).meta({ description: `Not available in this version. ${description}`, 'x-available': false }) })
    .transform((_, context): never => {
      context.addIssue({
        code: 'custom',
        path: ['type'],
        message: `\`${type}\` is not available in this version`,
        params: { code: 'CCP_NOT_AVAILABLE', hint: 'Available types: anthropic, demo.' } satisfies IssueParams,
      });
      return z.NEVER;
    });

export const providers = z
  .record(
    name({ description: 'Name of the provider.' }),
    z.discriminatedUnion('type', [
      anthropic,
      demo,
      planned('ollama', 'A local Ollama server.'),
      planned('openai', 'Any server with the OpenAI chat completions protocol.'),
      planned('openai-responses', 'The OpenAI responses protocol.'),
      planned('gemini', 'The Gemini protocol.'),
    ]),
  )
  .meta({ description: 'The APIs that can be called. Without the section: `anthropic` (auth: client) and `demo`.' })
  .prefault({ anthropic: { type: 'anthropic', auth: 'client' }, demo: { type: 'demo' } });
