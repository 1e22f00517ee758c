import type { JsonObject } from '@ccproxy/wire';
import { isStrictSchema } from '../core/strict-schema.js';
import type { RequestParts } from '../core/translation.js';
import type { Parameters } from '../request/parameters.js';
import type { RequestScope } from '../request/request-scope.js';
import { serviceTier } from '../request/service-tier.js';
import { writeMessages } from './write-messages.js';
import { writeReasoning } from './write-reasoning.js';
import { writeTools } from './write-tools.js';

/** The body of `POST /chat/completions`. */
export function writeRequest({ conversation, parameters, tools }: RequestParts, scope: RequestScope): JsonObject {
  return {
    model: scope.model,
    messages: writeMessages(conversation, scope),
    ...writeTools(tools, scope),
    ...writeParameters(parameters, scope),
    ...writeReasoning(parameters.thinking, scope),
  };
}

/** The API refuses more: "up to 4 sequences", https://help.openai.com/en/articles/5072263. */
const mostStops = 4;

function writeParameters(parameters: Parameters, scope: RequestScope): JsonObject {
  const { maxTokens, temperature, topP, topK, stop, schema, stream } = parameters;
  const { capabilities } = scope;
  if (topK !== undefined && capabilities.topK !== true) scope.drop('top_k', 'hint');
  const taken = capabilities.stop === false ? [] : stop.slice(0, mostStops);
  if (taken.length < stop.length) scope.drop('stop_sequences', 'meaning');
  // A name for the user helps only where the provider looks for abuse, and strict servers refuse the member (row 47).
  if (parameters.user !== undefined) scope.drop('metadata', 'hint');
  return {
    ...(maxTokens === undefined ? {} : { [capabilities.maxTokens ?? 'max_tokens']: maxTokens }),
    ...(temperature === undefined ? {} : { temperature }),
    ...(topP === undefined ? {} : { top_p: topP }),
    ...(topK === undefined || capabilities.topK !== true ? {} : { top_k: topK }),
    ...(taken.length === 0 ? {} : { stop: taken }),
    ...(schema === undefined ? {} : { response_format: { type: 'json_schema', json_schema: jsonSchema(schema, scope) } }),
    ...serviceTier(parameters, scope),
    stream,
    ...(stream && capabilities.streamUsage !== false ? { stream_options: { include_usage: true } } : {}),
  };
}

const jsonSchema = (schema: JsonObject, { capabilities }: RequestScope): JsonObject => ({
  name: 'answer',
  schema,
  ...(capabilities.strictSchemas !== false && isStrictSchema(schema) ? { strict: true } : {}),
});
