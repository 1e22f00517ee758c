import { isJsonObject, type JsonObject, objectMember, stringMember } from './json-object.js';

/** Token counts as a provider reported them; an absent one is unknown, not zero. */
export interface TokenUsage {
  /** Input that was neither read from nor written to the prompt cache. */
  readonly inputTokens?: number;
  readonly outputTokens?: number;
  readonly cacheReadTokens?: number;
  /** All writes to the prompt cache, whatever their lifetime. */
  readonly cacheCreationTokens?: number;
  /** Those of them that live one hour. */
  readonly cacheCreation1hTokens?: number;
  /** Searches of the web the provider made for the answer. */
  readonly webSearchRequests?: number;
}

/** What an answer said of itself. */
export interface UsageReport {
  readonly usage: TokenUsage;
  readonly stopReason: string | undefined;
  /** Model named by the answer, which need not be the one asked for. */
  readonly model: string | undefined;
  /** The answer came to its end: `message_stop`, or a whole JSON message. */
  readonly sawMessageStop: boolean;
  readonly sawError: boolean;
  /** The final counts were not seen: cut off, compressed, or not a message. */
  readonly incomplete: boolean;
}

const countKeys = {
  inputTokens: 'input_tokens',
  outputTokens: 'output_tokens',
  cacheReadTokens: 'cache_read_input_tokens',
  cacheCreationTokens: 'cache_creation_input_tokens',
} as const;

/** `usage` of an Anthropic message or `message_delta`. Anything but a whole number from 0 to 2^53-1 is unknown. */
export function readTokenUsage(usage: unknown): TokenUsage {
  if (!isJsonObject(usage)) return {};
  const counts: { -readonly [Key in keyof TokenUsage]: TokenUsage[Key] } = {};
  for (const [name, key] of Object.entries(countKeys)) {
    const value = tokenCount(usage, key);
    if (value !== undefined) counts[name as keyof typeof countKeys] = value;
  }
  const writes = objectMember(usage, 'cache_creation');
  const hour = writes === undefined ? undefined : tokenCount(writes, 'ephemeral_1h_input_tokens');
  if (hour !== undefined) counts.cacheCreation1hTokens = hour;
  const server = objectMember(usage, 'server_tool_use');
  const searches = server === undefined ? undefined : tokenCount(server, 'web_search_requests');
  if (searches !== undefined) counts.webSearchRequests = searches;
  return counts;
}

function tokenCount(object: JsonObject, key: string): number | undefined {
  const value = Object.hasOwn(object, key) ? object[key] : undefined;
  return typeof value === 'number' && Number.isSafeInteger(value) && value >= 0 ? value : undefined;
}

/** `stop_reason` of a message or of the delta of a `message_delta`. */
export const readStopReason = (object: JsonObject): string | undefined => stringMember(object, 'stop_reason');
