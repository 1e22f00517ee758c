import type { PastDecision } from './replay-decisions.js';

type Fields = Readonly<Record<string, unknown>>;

const fields = (value: unknown): Fields => (typeof value === 'object' && value !== null && !Array.isArray(value) ? (value as Fields) : {});
const count = (value: unknown): number => (typeof value === 'number' && Number.isFinite(value) && value > 0 ? value : 0);
const text = (value: unknown): string => (typeof value === 'string' ? value : '');

/** A record of the decision log as a replay wants it; undefined when it names no request. Tokens an answer did not report count as none. */
export function pastDecision(record: Fields): PastDecision | undefined {
  const requestId = text(record['requestId']);
  const usage = fields(record['usage']);
  const attempts = Array.isArray(record['attempts']) ? (record['attempts'] as unknown[]) : [];
  if (requestId === '') return undefined;
  return {
    requestId,
    at: count(record['at']),
    facts: fields(record['facts']),
    route: text(record['route']),
    target: text(record['target']) || text(attempts[0]),
    inputTokens: count(usage['inputTokens']) + count(usage['cacheCreationTokens']),
    outputTokens: count(usage['outputTokens']),
    cacheReadTokens: count(usage['cacheReadTokens']),
  };
}
