import { z } from 'zod';
import { choice, duration, flag, name, text } from '../fields.js';
import { notAvailable } from '../not-available.js';

const routingModule = z.strictObject({
  module: text({ description: 'File of the module, relative to this file. Its default export is called with the features of a request.' }),
  timeout: duration('5s', { description: 'How long it may take for one request.' }).prefault('100ms'),
  body: flag({ description: 'Hand the body of the request to the module as well.' }).prefault(false),
  onFailure: choice(['skip', 'refuse'], {
    description: 'When it fails: its rules do not fire, or the request is refused.',
  }).prefault('skip'),
});

/** Code of the user's own. It can stand in no other file. */
export const plugins = z
  .strictObject({
    routing: z
      .record(name({ description: 'Name of the module, for `custom`.' }), routingModule)
      .meta({ description: 'Routing modules, each in a thread of its own.' })
      .prefault({}),
    observers: notAvailable({ description: 'Observers of requests and responses.' }),
    providers: notAvailable({ description: 'Provider adapters.' }),
  })
  .meta({ description: 'Modules of your own.' })
  .prefault({});
