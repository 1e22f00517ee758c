import type { JsonObject, TokenUsage } from '@ccproxy/wire';
import { countOf } from '../answer/token-count.js';

/** Counts of `usageMetadata` as they come in: each is cumulative, and a chunk may leave some out (translation.md rows 93, 97, 99). */
export interface UsageCounts {
  prompt?: number;
  cached?: number;
  toolUse?: number;
  candidates?: number;
  thoughts?: number;
}

const members = {
  prompt: 'promptTokenCount',
  cached: 'cachedContentTokenCount',
  toolUse: 'toolUsePromptTokenCount',
  candidates: 'candidatesTokenCount',
  thoughts: 'thoughtsTokenCount',
} as const;

/** Notes what a chunk says; returns the usage so far, undefined while nothing is known of the prompt. */
export function readUsage(counts: UsageCounts, metadata: JsonObject): TokenUsage | undefined {
  for (const [name, member] of Object.entries(members)) {
    const value = countOf(metadata, member);
    if (value !== undefined) counts[name as keyof UsageCounts] = value;
  }
  const { prompt, cached = 0, toolUse = 0, candidates = 0, thoughts = 0 } = counts;
  if (prompt === undefined && candidates + thoughts === 0) return undefined;
  const input = Math.max(0, (prompt ?? 0) - cached) + toolUse;
  return { outputTokens: candidates + thoughts, ...(prompt === undefined ? {} : { inputTokens: input, cacheReadTokens: cached }) };
}
