import { z } from 'zod';
import { text } from '../fields.js';
import { oauth, oauthAlone } from './oauth.js';
import { oneWayOfKeys, providerKeys } from './provider-keys.js';
import { apiKey, baseUrl, strict, timeouts, typeOf } from './provider-fields.js';

const key = 'API key of the provider. Unset variable or empty: the provider is unavailable. Leave it out for a server that needs none.';

/** Any server with the OpenAI chat completions protocol. */
export const openai = z
  .strictObject({
    type: typeOf('openai'),
    baseUrl: baseUrl('Address up to `/v1`, such as https://openrouter.ai/api/v1: `/chat/completions` is added.').prefault(
      'https://api.openai.com/v1',
    ),
    apiKey: apiKey(key),
    ...providerKeys,
    oauth,
    strict,
    timeouts,
  })
  .refine(...oneWayOfKeys)
  .refine(...oauthAlone);

/** The OpenAI responses protocol. */
export const openaiResponses = z
  .strictObject({
    type: typeOf('openai-responses'),
    baseUrl: baseUrl('Address up to `/v1`: `/responses` is added.').prefault('https://api.openai.com/v1'),
    apiKey: apiKey(key),
    ...providerKeys,
    oauth,
    strict,
    timeouts,
  })
  .refine(...oneWayOfKeys)
  .refine(...oauthAlone);

/** The Gemini protocol of Google. */
export const gemini = z
  .strictObject({
    type: typeOf('gemini'),
    baseUrl: baseUrl('Origin of the API, or its address up to `/v1beta`: `/models/…` is added.').prefault(
      'https://generativelanguage.googleapis.com',
    ),
    apiKey: apiKey(key),
    ...providerKeys,
    oauth,
    strict,
    timeouts,
  })
  .refine(...oneWayOfKeys)
  .refine(...oauthAlone);

/** An Ollama server, over its own protocol. */
export const ollama = z
  .strictObject({
    type: typeOf('ollama'),
    baseUrl: baseUrl('Origin of the server: `/api/chat` is added.').prefault('http://127.0.0.1:11434'),
    apiKey: apiKey(key),
    ...providerKeys,
    oauth,
    keepAlive: text({
      description:
        'How long the model stays loaded after a call, as Ollama writes it: `10m`, `24h`, `-1` for ever. Without it: its own setting.',
    })
      .refine((value) => /^(?:-1|0|(?:\d+(?:\.\d+)?(?:ms|s|m|h))+)$/u.test(value), { error: 'must be a time such as 10m or 24h, 0 or -1' })
      .optional(),
    strict,
    timeouts,
  })
  .refine(...oneWayOfKeys)
  .refine(...oauthAlone);
