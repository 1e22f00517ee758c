import { type JsonObject, objectMember, type TokenUsage } from '@ccproxy/wire';
import { countOf } from '../answer/token-count.js';

/** Counts of a completion: `prompt_tokens` includes what was read from and written to the cache (rows 97, 99). */
export function readUsage(usage: JsonObject): TokenUsage {
  const details = objectMember(usage, 'prompt_tokens_details');
  const read = countOf(details, 'cached_tokens') ?? countOf(usage, 'prompt_cache_hit_tokens') ?? 0;
  const written = countOf(details, 'cache_write_tokens') ?? countOf(details, 'cache_creation_tokens') ?? 0;
  const prompt = countOf(usage, 'prompt_tokens');
  const output = countOf(usage, 'completion_tokens');
  return {
    ...(prompt === undefined
      ? {}
      : { inputTokens: Math.max(0, prompt - read - written), cacheReadTokens: read, cacheCreationTokens: written }),
    ...(output === undefined ? {} : { outputTokens: output }),
  };
}
