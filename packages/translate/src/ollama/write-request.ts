import type { JsonObject } from '@ccproxy/wire';
import type { RequestParts } from '../core/translation.js';
import type { Parameters } from '../request/parameters.js';
import type { RequestScope } from '../request/request-scope.js';
import { contextSize } from './context-size.js';
import { writeMessages } from './write-messages.js';
import { writeReasoning } from './write-reasoning.js';
import { writeTools } from './write-tools.js';

/**
 * The body of `/api/chat`. `truncate` and `shift` are off: Ollama would else drop the beginning of a conversation that does
 * not fit and say nothing (https://github.com/ollama/ollama/pull/17944); off, it answers with an error, or `length`.
 */
export function writeRequest({ conversation, parameters, tools }: RequestParts, scope: RequestScope): JsonObject {
  const { tools: offered, instructions } = writeTools(tools, scope);
  const messages = writeMessages(conversation, instructions);
  if (parameters.user !== undefined) scope.drop('metadata', 'hint');
  if (parameters.serviceTier !== undefined && parameters.serviceTier !== 'auto') scope.drop('service_tier', 'hint');
  return said({
    model: scope.model,
    messages,
    stream: parameters.stream,
    tools: offered.length === 0 ? undefined : offered,
    think: writeReasoning(parameters.thinking, scope),
    format: parameters.schema,
    options: options(parameters, scope),
    truncate: false,
    shift: false,
  });
}

function options({ maxTokens, temperature, topP, topK, stop }: Parameters, scope: RequestScope): JsonObject {
  return said({
    num_ctx: contextSize({ prompt: scope.inputEstimate, answer: maxTokens, most: scope.capabilities.context }),
    num_predict: maxTokens,
    temperature,
    top_p: topP,
    top_k: topK,
    stop: stop.length === 0 ? undefined : stop,
  });
}

/** The members that have a value. */
const said = (members: JsonObject): JsonObject => Object.fromEntries(Object.entries(members).filter(([, value]) => value !== undefined));
