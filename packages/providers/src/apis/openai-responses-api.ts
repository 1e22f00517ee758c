import type { CountEndpoint, ForeignApi } from '../translated/foreign-api.js';
import { openaiPrefix } from './openai-api.js';
import { openaiModels } from './openai-models.js';

/** Members `POST /responses/input_tokens` takes (its page of the API reference); what only shapes the answer is refused there. */
const COUNTED = ['model', 'instructions', 'input', 'tools', 'tool_choice', 'parallel_tool_calls', 'reasoning', 'text'];

const count: CountEndpoint = {
  path: () => '/responses/input_tokens',
  body: (translated) => Object.fromEntries(COUNTED.flatMap((key) => (Object.hasOwn(translated, key) ? [[key, translated[key]]] : []))),
  tokens: ({ input_tokens: tokens }) => (typeof tokens === 'number' ? tokens : undefined),
};

/** The OpenAI responses protocol. */
export const openaiResponsesApi: ForeignApi = {
  type: 'openai-responses',
  wire: 'openai-responses',
  streamType: 'text/event-stream',
  prefix: openaiPrefix,
  messagesPath: () => '/responses',
  credential: (key) => ['authorization', `Bearer ${key}`],
  count,
  modelsPath: '/models',
  models: openaiModels,
};
