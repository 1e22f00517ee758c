import { z } from 'zod';
import { choice, integer, type IssueParams, secret } from '../fields.js';
import { late } from '../late.js';
import { rateLimits } from './rate-limits.js';

/** Logins of people. Several of them behind one gateway would be accounts in a pool, which this program refuses. */
const isSubscription = (key: string): boolean => /^sk-ant-oat/iu.test(key);

const key = () =>
  secret({ description: 'An API key. Unset variable or empty: this key is left out.' }).refine((value) => !isSubscription(value), {
    error: 'is a subscription login, not an API key',
    params: { hint: 'Use `auth: client` for a login, or API keys here: logins of people are never pooled.' } satisfies IssueParams,
  });

const weighted = () =>
  z.strictObject({
    key: key(),
    weight: integer(1, 1000, { description: 'Share of the requests with `keyStrategy: weighted`.' }).prefault(1),
    limits: rateLimits('Limits of this key; without them those of the provider.'),
  });

/** Keys of a provider that can have several, and what each of them may be asked. */
export const providerKeys = {
  apiKeys: late(() =>
    z
      .array(z.union([key(), weighted()], { error: 'must be a key, or `{ key, weight, limits }`' }))
      .min(1, { error: 'must not be an empty list' })
      .max(64, { error: 'must be at most 64 keys' })
      .register(z.globalRegistry, {
        description: 'Several keys in place of `apiKey`. One that is refused, spent or told to wait rests, and the others take over.',
      }),
  ).optional(),
  keyStrategy: choice(['round-robin', 'weighted', 'fill-first'], {
    description:
      'Which key a new conversation gets: in turn, by weight, or the first that is free. A running conversation keeps its key, except with `fill-first`.',
  }).prefault('round-robin'),
  limits: rateLimits('What each key may be asked; without own keys, what the provider may be asked.'),
};

interface Written {
  readonly apiKey?: string | undefined;
  readonly apiKeys?: readonly unknown[] | undefined;
}

/** `apiKey` and `apiKeys` are two ways of saying one thing. */
export const oneWayOfKeys: [check: (provider: Written) => boolean, told: { path: string[]; error: string; params: IssueParams }] = [
  (provider) => provider.apiKey === undefined || provider.apiKeys === undefined,
  {
    path: ['apiKeys'],
    error: '`apiKey` and `apiKeys` exclude each other',
    params: { hint: 'Put all keys into `apiKeys`.' },
  },
];
