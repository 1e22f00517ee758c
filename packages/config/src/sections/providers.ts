import { z } from 'zod';
import { name, type IssueParams } from '../fields.js';
import { late } from '../late.js';
import { oauth, oauthAlone } from './oauth.js';
import { oneWayOfKeys, providerKeys } from './provider-keys.js';
import { apiKey, baseUrl, timeouts, typeOf } from './provider-fields.js';
import { adaptedProvider } from './adapted-provider.js';
import { gemini, ollama, openai, openaiResponses } from './translated-providers.js';

const anthropicUrl = 'https://api.anthropic.com';

const anthropic = late(
  () =>
    z
      .strictObject({
        type: typeOf('anthropic'),
        baseUrl: baseUrl('Origin and path prefix of the API, http or https.').prefault(anthropicUrl),
        auth: z
          .literal('client', { error: 'must be `client` (or leave it out and set `apiKey`)' })
          .register(z.globalRegistry, {
            description: '`client`: forward the credential of the calling client, untouched. The default without `apiKey`.',
            'x-type': 'client',
          })
          .optional(),
        apiKey: apiKey(
          'Credential sent instead of the client’s. Unset variable or empty: the provider is unavailable. Calls then need a gateway token.',
        ),
        ...providerKeys,
        oauth,
        timeouts,
      })
      .refine(...oneWayOfKeys)
      .refine(...oauthAlone)
      .refine(
        (provider) =>
          provider.auth === undefined || [provider.apiKey, provider.apiKeys, provider.oauth].every((each) => each === undefined),
        {
          path: ['auth'],
          error: '`auth: client` and a credential of the provider exclude each other',
          params: {
            hint: 'Keep one: `auth: client` forwards the caller’s credential, `apiKey` or `oauth` replaces it.',
          } satisfies IssueParams,
        },
      ),
  'anthropic',
);

const demo = late(() => z.strictObject({ type: typeOf('demo'), timeouts }), 'demo');

export const providers = z
  .record(
    name({ description: 'Name of the provider.' }),
    z.discriminatedUnion('type', [anthropic, demo, ollama, openai, openaiResponses, gemini, adaptedProvider]),
  )
  .register(z.globalRegistry, { description: 'The APIs that can be called. Without the section: `anthropic` (auth: client) and `demo`.' })
  .prefault({ anthropic: { type: 'anthropic', auth: 'client' }, demo: { type: 'demo' } });
