import { z } from 'zod';
import { choice, duration, flag, name, text } from '../fields.js';
import { late, lateOr } from '../late.js';

const routingModule = late(() =>
  z.strictObject({
    module: text({
      description: 'File of the module, relative to this file. Its default export is called with the features of a request.',
    }),
    timeout: duration('5s', { description: 'How long it may take for one request.' }).prefault('100ms'),
    body: flag({ description: 'Hand the body of the request to the module as well.' }).prefault(false),
    onFailure: choice(['skip', 'refuse'], {
      description: 'When it fails: its rules do not fire, or the request is refused.',
    }).prefault('skip'),
  }),
);

const observer = late(() =>
  z.strictObject({
    module: text({ description: 'File of the module, relative to this file. Its default export is called after each request.' }),
    timeout: duration('60s', { description: 'How long it may take for one request; nobody waits for it.' }).prefault('5s'),
    body: flag({ description: 'Hand the body of the request to the module as well.' }).prefault(false),
  }),
);

const variable = () =>
  z
    .string({ error: 'must be the name of a variable' })
    .regex(/^[A-Za-z_][A-Za-z0-9_]*$/u, { error: 'must be the name of a variable' })
    .register(z.globalRegistry, { description: 'Name of a variable.', 'x-type': 'text' });

const providerAdapter = late(() =>
  z.strictObject({
    module: text({ description: 'File of the module, relative to this file, or the name of an installed package.' }),
    passEnv: z
      .array(variable(), { error: 'must be a list of names' })
      .max(64, { error: 'must be at most 64 names' })
      .register(z.globalRegistry, {
        description: 'Variables of the daemon’s environment it gets besides PATH, HOME and the like.',
        'x-type': 'list',
      })
      .prefault([]),
  }),
);

/** Code of the user's own. It can stand in no other file. */
export const plugins = lateOr(
  () =>
    z
      .strictObject({
        routing: z
          .record(name({ description: 'Name of the module, for `custom`.' }), routingModule)
          .register(z.globalRegistry, { description: 'Routing modules, each in a thread of its own.' })
          .prefault({}),
        observers: z
          .record(name({ description: 'Name of the observer.' }), observer)
          .register(z.globalRegistry, { description: 'Observers of requests and what became of them, each in a thread of its own.' })
          .prefault({}),
        providers: z
          .record(name({ description: 'Name of the adapter, for `providers.*.adapter`.' }), providerAdapter)
          .register(z.globalRegistry, { description: 'Provider adapters. Each provider that uses one has it in a thread of its own.' })
          .prefault({}),
      })
      .register(z.globalRegistry, { description: 'Modules of your own.' }),
  { routing: {}, observers: {}, providers: {} },
);
