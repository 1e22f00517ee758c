import { z } from 'zod';
import { duration, flag, integer } from '../fields.js';
import { lateOr } from '../late.js';
import { defaultRetry, type RetryConfig } from '../retry-config.js';

export const retry = lateOr(
  () =>
    z
      .strictObject({
        attempts: integer(0, 2, {
          description:
            'Most repetitions of a request at one target, before the next target is asked or the client hears of the failure. Without it: 2, but none for `auth: client` and the demo, where the client sees every failure and repeats by itself.',
        }).optional(),
        baseDelay: duration('10s', {
          description: 'Upper bound of the first wait, which is random; it doubles with each repetition.',
        }).prefault('250ms'),
        maxDelay: duration('60s', {
          description: 'Longest wait before a repetition. When the provider asks for more, nothing is repeated here.',
        }).prefault('10s'),
        budget: integer(0, 100, {
          description: 'Most repetitions per 100 requests to one provider within ten seconds; a few are always allowed, with 0 none.',
        }).prefault(20),
        coolDown: duration('1h', {
          description: 'Longest rest of a key that was refused, spent or told to wait, also where the provider asks for more.',
        }).prefault('60s'),
        breaker: z
          .strictObject({
            failures: integer(1, 1000, { description: 'Failures in a row.' }).prefault(5),
            open: duration('60s', { description: 'Pause until one request may try again; it doubles with each that fails.' }).prefault(
              '10s',
            ),
          })
          .register(z.globalRegistry, { description: 'When a provider that fails is left alone.' })
          .prefault({}),
        join: flag({
          description:
            'true: a client that repeats a request which is still being answered gets the same answer, and nothing is paid twice.',
        }).prefault(true),
      })
      .register(z.globalRegistry, { description: 'Repetition of failed attempts, providers in trouble, repeated requests.' })
      .transform(({ attempts, ...rest }): RetryConfig => ({ ...rest, ...(attempts === undefined ? {} : { attempts }) })),
  defaultRetry,
);
