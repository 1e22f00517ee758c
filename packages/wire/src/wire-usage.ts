import type { TokenUsage } from './usage-report.js';

/** Counts by their names in the protocol; those of the server's own tools are an object. */
export type WireUsage = Readonly<Record<string, number | Readonly<Record<string, number>>>>;

/** `usage` of `message_start` and of a whole message: counts not known are 0, as the schema wants numbers there. */
export function wireUsage(usage: TokenUsage): WireUsage {
  return { input_tokens: 0, cache_creation_input_tokens: 0, cache_read_input_tokens: 0, output_tokens: 0, ...wireUsageDelta(usage) };
}

/** `usage` of `message_delta`: cumulative counts, only the known ones. */
export function wireUsageDelta(usage: TokenUsage): WireUsage {
  return {
    ...(usage.inputTokens === undefined ? {} : { input_tokens: usage.inputTokens }),
    ...(usage.cacheCreationTokens === undefined ? {} : { cache_creation_input_tokens: usage.cacheCreationTokens }),
    ...(usage.cacheReadTokens === undefined ? {} : { cache_read_input_tokens: usage.cacheReadTokens }),
    ...(usage.outputTokens === undefined ? {} : { output_tokens: usage.outputTokens }),
    ...(usage.webSearchRequests === undefined ? {} : { server_tool_use: { web_search_requests: usage.webSearchRequests } }),
  };
}
