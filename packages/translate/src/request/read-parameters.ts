import { isJsonObject, type JsonObject, objectMember, stringMember } from '@ccproxy/wire';
import { shortHash } from '../core/short-hash.js';
import type { Parameters } from './parameters.js';
import { readThinkingWish } from './read-thinking-wish.js';
import type { RequestScope } from './request-scope.js';

/** What is read here or beside this; what is about the protocol or Anthropic's caches is no loss elsewhere. Any other member is named. */
const known = new Set(
  [
    'model max_tokens messages system tools tool_choice temperature top_p top_k stop_sequences stream thinking metadata',
    'output_config output_format service_tier speed context_management mcp_servers container',
    'betas anthropic_beta anthropic_version cache_control',
  ].flatMap((line) => line.split(' ')),
);

/** The parameters of a Messages request. What the target cannot take is noted as dropped. */
export function readParameters(body: JsonObject, scope: RequestScope): Parameters {
  const { capabilities } = scope;
  const samples = capabilities.temperature !== false;
  const maxTokens = clamp(positive(body['max_tokens']), capabilities.output);
  const temperature = numberOf(body['temperature']);
  const topP = numberOf(body['top_p']);
  const topK = positive(body['top_k']);
  if (!samples) {
    if (temperature !== undefined && temperature !== 1) scope.drop('temperature', 'hint');
    if (topP !== undefined) scope.drop('top_p', 'hint');
    if (topK !== undefined) scope.drop('top_k', 'hint');
  }
  if (objectMember(body, 'context_management') !== undefined) scope.drop('context_management', 'hint');
  for (const key of ['mcp_servers', 'container'])
    if (body[key] !== undefined && body[key] !== null && !isEmptyList(body[key])) scope.drop(key, 'meaning');
  for (const [key, value] of Object.entries(body))
    if (!known.has(key) && value !== undefined && value !== null && !isEmptyList(value)) scope.drop(key.slice(0, 40), 'hint');
  return {
    stream: body['stream'] === true,
    maxTokens,
    temperature: samples ? temperature : undefined,
    topP: samples ? topP : undefined,
    topK: samples ? topK : undefined,
    stop: readStop(body['stop_sequences']),
    user: readUser(body),
    thinking: readThinkingWish(body, maxTokens),
    schema: readSchema(body),
    serviceTier: stringMember(body, 'service_tier') ?? (body['speed'] === 'fast' ? 'fast' : undefined),
  };
}

const numberOf = (value: unknown): number | undefined => (typeof value === 'number' && Number.isFinite(value) ? value : undefined);
const positive = (value: unknown): number | undefined => (typeof value === 'number' && value >= 1 ? Math.floor(value) : undefined);
const isEmptyList = (value: unknown): boolean => Array.isArray(value) && value.length === 0;
const clamp = (value: number | undefined, most: number | undefined): number | undefined =>
  value === undefined || most === undefined ? value : Math.min(value, most);

const readStop = (sequences: unknown): string[] =>
  Array.isArray(sequences) ? sequences.filter((sequence) => typeof sequence === 'string').filter((sequence) => sequence !== '') : [];

function readUser(body: JsonObject): string | undefined {
  const id = stringMember(objectMember(body, 'metadata') ?? {}, 'user_id');
  return id === undefined || id === '' ? undefined : shortHash(id, 64);
}

/** `output_config.format`, or the older `output_format` (row 53). */
function readSchema(body: JsonObject): JsonObject | undefined {
  const format = objectMember(objectMember(body, 'output_config') ?? {}, 'format') ?? objectMember(body, 'output_format');
  const schema = format?.['type'] === 'json_schema' ? format['schema'] : undefined;
  return isJsonObject(schema) ? schema : undefined;
}
