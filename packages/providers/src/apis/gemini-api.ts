import { stringMember } from '@ccproxy/wire';
import type { CountEndpoint, ForeignApi } from '../translated/foreign-api.js';
import { entriesOf, offeredModel } from '../translated/model-list.js';

/** `models/x` and `tunedModels/x` are resource names; anything else is the name of a model, whatever characters it has. */
const resource = (model: string): string => {
  const [, kind = 'models', name = model] = /^(models|tunedModels)\/([^/]+)$/.exec(model) ?? [];
  return `/${kind}/${encodeURIComponent(name)}`;
};

const count: CountEndpoint = {
  path: (model) => `${resource(model)}:countTokens`,
  body: (translated, model) => ({ generateContentRequest: { ...translated, model: resource(model).slice(1) } }),
  tokens: ({ totalTokens }) => (typeof totalTokens === 'number' ? totalTokens : undefined),
};

/** The Gemini protocol. The key is a header, never a parameter: URLs are logged on their way. */
export const geminiApi: ForeignApi = {
  type: 'gemini',
  wire: 'gemini',
  streamType: 'text/event-stream',
  prefix: (configured) => (/\/v\d[^/]*$/.test(configured) ? configured : `${configured}/v1beta`),
  messagesPath: (model, stream) => `${resource(model)}:${stream ? 'streamGenerateContent?alt=sse' : 'generateContent'}`,
  credential: (key) => ['x-goog-api-key', key],
  count,
  modelsPath: '/models?pageSize=1000',
  models: (answer) =>
    entriesOf(answer, 'models').flatMap((entry) => {
      const offered = offeredModel(entry, 'name', {});
      const name = stringMember(entry, 'displayName');
      return offered === undefined ? [] : { id: offered.id.replace(/^models\//, ''), ...(name === undefined ? {} : { name }) };
    }),
};
