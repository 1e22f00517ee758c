import type { JsonObject } from '@ccproxy/wire';
import type { Parameters } from '../request/parameters.js';
import type { RequestScope } from '../request/request-scope.js';
import { writeSchema } from './write-schema.js';
import { writeReasoning } from './write-reasoning.js';

/** The API refuses more: "up to 5", https://ai.google.dev/api/generate-content#generationconfig. */
const mostStops = 5;

/** `generationConfig`; undefined when the request says nothing about it. */
export function writeGenerationConfig(parameters: Parameters, scope: RequestScope): JsonObject | undefined {
  const { maxTokens, temperature, topP, topK, stop, schema, user, serviceTier } = parameters;
  if (stop.length > mostStops) scope.drop('stop_sequences', 'meaning');
  if (user !== undefined) scope.drop('metadata', 'hint');
  if (serviceTier !== undefined && serviceTier !== 'auto') scope.drop('service_tier', 'hint');
  const config: Readonly<Record<string, unknown>> = {
    maxOutputTokens: maxTokens,
    temperature,
    topP,
    topK,
    stopSequences: stop.length === 0 ? undefined : stop.slice(0, mostStops),
    ...(schema === undefined ? {} : { responseMimeType: 'application/json', responseSchema: writeSchema(schema) }),
    thinkingConfig: writeReasoning(parameters, scope),
  };
  const said = Object.entries(config).filter(([, value]) => value !== undefined);
  return said.length === 0 ? undefined : Object.fromEntries(said);
}
