import { type JsonObject, objectMember, type TokenUsage } from '@ccproxy/wire';
import { countOf } from '../answer/token-count.js';

/** Counts of a response: `input_tokens` includes what was read from the cache (row 97). */
export function readUsage(usage: JsonObject): TokenUsage {
  const input = countOf(usage, 'input_tokens');
  const output = countOf(usage, 'output_tokens');
  const read = countOf(objectMember(usage, 'input_tokens_details'), 'cached_tokens') ?? 0;
  return {
    ...(input === undefined ? {} : { inputTokens: Math.max(0, input - read), cacheReadTokens: read, cacheCreationTokens: 0 }),
    ...(output === undefined ? {} : { outputTokens: output }),
  };
}
