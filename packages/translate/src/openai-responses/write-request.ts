import type { JsonObject } from '@ccproxy/wire';
import { isStrictSchema } from '../core/strict-schema.js';
import type { RequestParts } from '../core/translation.js';
import type { Parameters } from '../request/parameters.js';
import type { RequestScope } from '../request/request-scope.js';
import { serviceTier } from '../request/service-tier.js';
import { writeInput } from './write-input.js';
import { writeReasoning } from './write-reasoning.js';
import { writeTools } from './write-tools.js';

/** The API refuses less. */
const leastOutput = 16;

/** The body of `POST /responses`. Nothing is stored at the provider: the conversation comes whole with each request. */
export function writeRequest({ conversation, parameters, tools }: RequestParts, scope: RequestScope): JsonObject {
  const reasoning = writeReasoning(parameters.thinking, scope);
  const include = [
    ...(scope.capabilities.reasoning === 'effort' ? ['reasoning.encrypted_content'] : []),
    ...(tools.webSearch === undefined ? [] : ['web_search_call.action.sources']),
  ];
  return {
    model: scope.model,
    ...(conversation.system.length === 0 ? {} : { instructions: conversation.system.join('\n\n') }),
    input: writeInput(conversation, scope),
    ...writeTools(tools, scope),
    ...writeParameters(parameters, scope),
    ...reasoning,
    store: false,
    ...(include.length === 0 ? {} : { include }),
  };
}

function writeParameters(parameters: Parameters, scope: RequestScope): JsonObject {
  const { maxTokens, temperature, topP, topK, stop, schema } = parameters;
  if (topK !== undefined) scope.drop('top_k', 'hint');
  if (stop.length > 0) scope.drop('stop_sequences', 'meaning');
  // A name for the user helps only where the provider looks for abuse, and strict servers refuse the member (row 47).
  if (parameters.user !== undefined) scope.drop('metadata', 'hint');
  return {
    ...(maxTokens === undefined ? {} : { max_output_tokens: Math.max(leastOutput, maxTokens) }),
    ...(temperature === undefined ? {} : { temperature }),
    ...(topP === undefined ? {} : { top_p: topP }),
    ...(schema === undefined ? {} : { text: { format: writeFormat(schema, scope) } }),
    ...serviceTier(parameters, scope),
    stream: parameters.stream,
  };
}

const writeFormat = (schema: JsonObject, { capabilities }: RequestScope): JsonObject => ({
  type: 'json_schema',
  name: 'answer',
  schema,
  strict: capabilities.strictSchemas !== false && isStrictSchema(schema),
});
