import { z } from 'zod';
import { checkBaseUrl } from '../base-url.js';
import type { ProviderType } from '../config.js';
import { duration, flag, type IssueParams, secret, text } from '../fields.js';
import { lateOr } from '../late.js';

/** Time limits of one call; a local model may need minutes until it is loaded. */
export const timeouts = lateOr(
  () =>
    z
      .strictObject({
        connect: duration('10m', { description: 'Until the connection (with TLS) stands.' }).prefault('5s'),
        firstByte: duration('1h', { description: 'Until the first byte of the answer.' }).prefault('120s'),
        idle: duration('1h', { description: 'Longest silence within an answer.' }).prefault('90s'),
        total: duration('24h', { description: 'Whole call.' }).prefault('60m'),
      })
      .register(z.globalRegistry, { description: 'Time limits of one call; each has its own error code.' }),
  { connect: 5_000, firstByte: 120_000, idle: 90_000, total: 3_600_000 },
);

/** The discriminator of a provider. */
export const typeOf = <T extends ProviderType>(type: T) => z.literal(type).meta({ description: 'Wire protocol of the provider.' });

/** An address that `checkBaseUrl` takes. */
export const baseUrl = (description: string) =>
  text({ description }).superRefine((written, context) => {
    const checked = checkBaseUrl(written);
    if (checked.ok) return;
    context.addIssue({ code: 'custom', message: checked.message, params: { code: checked.code } satisfies IssueParams });
  });

export const apiKey = (description: string) => secret({ description }).optional();

/** Whether a feature that has no counterpart at the provider is refused instead of left out. */
export const strict = flag({
  description:
    'true: a feature of a request this provider cannot take is an error. Otherwise it is left out and named in `x-ccproxy-dropped`.',
}).prefault(false);
