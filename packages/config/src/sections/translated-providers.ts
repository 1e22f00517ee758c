import { z } from 'zod';
import type { ProviderType } from '../config.js';
import { text } from '../fields.js';
import { late } from '../late.js';
import { oauth, oauthAlone } from './oauth.js';
import { oneWayOfKeys, providerKeys } from './provider-keys.js';
import { apiKey, baseUrl, strict, timeouts, typeOf } from './provider-fields.js';

const key = () =>
  apiKey('API key of the provider. Unset variable or empty: the provider is unavailable. Leave it out for a server that needs none.');

/** The keys of a provider of another protocol: what it speaks, where it is unless the user says otherwise, and who may call it. */
const translated = <Type extends ProviderType>(type: Type, address: { readonly description: string; readonly standard: string }) => ({
  type: typeOf(type),
  baseUrl: baseUrl(address.description).prefault(address.standard),
  apiKey: key(),
  ...providerKeys,
  oauth,
  strict,
  timeouts,
});

/** Any server with the OpenAI chat completions protocol. */
export const openai = late(
  () =>
    z
      .strictObject(
        translated('openai', {
          description: 'Address up to `/v1`, such as https://openrouter.ai/api/v1: `/chat/completions` is added.',
          standard: 'https://api.openai.com/v1',
        }),
      )
      .refine(...oneWayOfKeys)
      .refine(...oauthAlone),
  'openai',
);

/** The OpenAI responses protocol. */
export const openaiResponses = late(
  () =>
    z
      .strictObject(
        translated('openai-responses', {
          description: 'Address up to `/v1`: `/responses` is added.',
          standard: 'https://api.openai.com/v1',
        }),
      )
      .refine(...oneWayOfKeys)
      .refine(...oauthAlone),
  'openai-responses',
);

/** The Gemini protocol of Google. */
export const gemini = late(
  () =>
    z
      .strictObject(
        translated('gemini', {
          description: 'Origin of the API, or its address up to `/v1beta`: `/models/…` is added.',
          standard: 'https://generativelanguage.googleapis.com',
        }),
      )
      .refine(...oneWayOfKeys)
      .refine(...oauthAlone),
  'gemini',
);

const keepAlive = () =>
  text({
    description:
      'How long the model stays loaded after a call, as Ollama writes it: `10m`, `24h`, `-1` for ever. Without it: its own setting.',
  })
    .refine((value) => /^(?:-1|0|(?:\d+(?:\.\d+)?(?:ms|s|m|h))+)$/u.test(value), { error: 'must be a time such as 10m or 24h, 0 or -1' })
    .optional();

/** An Ollama server, over its own protocol. */
export const ollama = late(
  () =>
    z
      .strictObject({
        ...translated('ollama', { description: 'Origin of the server: `/api/chat` is added.', standard: 'http://127.0.0.1:11434' }),
        keepAlive: keepAlive(),
      })
      .refine(...oneWayOfKeys)
      .refine(...oauthAlone),
  'ollama',
);
