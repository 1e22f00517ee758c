import { z } from 'zod';
import { name } from '../fields.js';
import { late } from '../late.js';
import { timeouts, typeOf } from './provider-fields.js';
import { rateLimits } from './rate-limits.js';

/** A provider that is called by a module of the user's. What it needs is the module's business. */
export const adaptedProvider = late(
  () =>
    z.strictObject({
      type: typeOf('adapter'),
      adapter: name({ description: 'Name of the module in `plugins.providers`.' }),
      options: z
        .record(z.string().max(64, { error: 'must be at most 64 characters' }), z.unknown())
        .register(z.globalRegistry, {
          description:
            'What the module is given. A value whose name ends in key, secret, token or password is a credential. An unset variable: the provider is unavailable.',
          'x-type': 'map',
        })
        .prefault({}),
      limits: rateLimits('What the provider may be asked.'),
      timeouts,
    }),
  'adapter',
);
