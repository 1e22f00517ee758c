import { z } from 'zod';
import { duration, integer } from '../fields.js';
import { late } from '../late.js';
import { apiKey, baseUrl } from './provider-fields.js';

export const webSearch = late(() =>
  z
    .strictObject({
      searxng: baseUrl('Address of a SearXNG server with the format `json` switched on.').optional(),
      apiKey: apiKey('Sent to that server as a Bearer token, for one that stands behind a login.'),
      results: integer(1, 50, { description: 'Most results of one search that the model gets.' }).prefault(8),
      searches: integer(1, 50, { description: 'Most searches for one request; a request may ask for fewer (`max_uses`).' }).prefault(8),
      timeout: duration('5m', { description: 'Until the server has answered a search.' }).prefault('10s'),
    })
    .register(z.globalRegistry, { description: 'Where the web is searched for models whose provider has no search of its own.' }),
).optional();
