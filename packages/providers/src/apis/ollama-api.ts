import type { ProviderConfig } from '@ccproxy/config';
import { type JsonObject, objectMember, stringMember } from '@ccproxy/wire';
import type { ForeignApi } from '../translated/foreign-api.js';
import type { ForeignRequest } from '../translated/foreign-request.js';
import { entriesOf, offeredModel } from '../translated/model-list.js';
import { OllamaWindow } from './ollama-window.js';

/** `-1` and `0` are numbers to Ollama, everything else is a time. */
const keepAliveOf = (written: string): string | number => (/^-?\d+$/.test(written) ? Number(written) : written);

/** An Ollama server over its own protocol: the compatible ones lose thinking, and do not let the window be chosen. */
export const createOllamaApi = (): ForeignApi => {
  const windows = new OllamaWindow();
  return { ...ollamaApi, complete: (request, config) => completed(request, config, windows) };
};

/** The window the server is to have, and how long it keeps the model. */
function completed({ translated, model, window }: ForeignRequest, { keepAlive }: ProviderConfig, windows: OllamaWindow): JsonObject {
  const options = objectMember(translated.body, 'options') ?? {};
  const needed = typeof options['num_ctx'] === 'number' ? options['num_ctx'] : 0;
  return {
    ...translated.body,
    options: { ...options, num_ctx: windows.size(model, needed, window) },
    ...(keepAlive === undefined ? {} : { keep_alive: keepAliveOf(keepAlive) }),
  };
}

const ollamaApi: ForeignApi = {
  type: 'ollama',
  wire: 'ollama',
  streamType: 'application/x-ndjson',
  // Addresses written for its other protocols lead to the same server.
  prefix: (configured) => configured.replace(/\/(?:v1|api)$/, ''),
  messagesPath: () => '/api/chat',
  credential: (key) => ['authorization', `Bearer ${key}`],
  modelsPath: '/api/tags',
  models: (answer) =>
    entriesOf(answer, 'models').flatMap((entry) => {
      const createdAt = stringMember(entry, 'modified_at');
      return offeredModel(entry, 'name', createdAt === undefined ? {} : { createdAt }) ?? [];
    }),
};
