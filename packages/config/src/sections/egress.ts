import { z } from 'zod';
import { choice, text } from '../fields.js';
import { lateOr } from '../late.js';

export const egress = lateOr(
  () =>
    z
      .strictObject({
        proxy: choice(['env', 'none'], {
          description: 'Proxy for calls to providers: the one of HTTP(S)_PROXY and NO_PROXY, or none.',
        }).prefault('env'),
        ca: z
          .array(text({ description: 'A PEM file.' }))
          .register(z.globalRegistry, { description: 'Further certificate authorities: PEM files, relative to this file.' })
          .prefault([]),
      })
      .register(z.globalRegistry, { description: 'How providers are reached.' }),
  { proxy: 'env', ca: [] },
);
