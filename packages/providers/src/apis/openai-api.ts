import type { ForeignApi } from '../translated/foreign-api.js';
import { openaiModels } from './openai-models.js';

/** A base URL without any path means the version every such server has. */
export const openaiPrefix = (configured: string): string =>
  configured === '' ? '/v1' : configured.replace(/\/(?:chat\/completions|responses)$/, '');

/** Any server with the OpenAI chat completions protocol. */
export const openaiApi: ForeignApi = {
  type: 'openai',
  wire: 'openai-chat',
  streamType: 'text/event-stream',
  prefix: openaiPrefix,
  messagesPath: () => '/chat/completions',
  credential: (key) => ['authorization', `Bearer ${key}`],
  modelsPath: '/models',
  models: openaiModels,
};
