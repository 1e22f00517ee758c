import type { JsonObject, TokenUsage } from '@ccproxy/wire';

const members = {
  inputTokens: 'input_tokens',
  cacheCreationTokens: 'cache_creation_input_tokens',
  cacheReadTokens: 'cache_read_input_tokens',
  outputTokens: 'output_tokens',
} as const;

/** The counts of several answers together. */
export function addUsage(sum: TokenUsage, more: TokenUsage): TokenUsage {
  const total: Record<string, number | undefined> = { ...sum };
  for (const [name, count] of Object.entries(more)) if (typeof count === 'number') total[name] = (total[name] ?? 0) + count;
  return total;
}

/** `usage` of the message. */
export function writeUsage(usage: TokenUsage): JsonObject {
  const counts = Object.entries(members).map(([name, member]) => [member, usage[name as keyof typeof members] ?? 0]);
  return { ...Object.fromEntries(counts), server_tool_use: { web_search_requests: usage.webSearchRequests ?? 0 } };
}
