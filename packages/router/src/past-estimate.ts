import type { TokenSource } from './request-facts.js';

type Fields = Readonly<Record<string, unknown>>;

/** An estimate of the log, and what the provider counted. */
export interface PastEstimate {
  /** Model that answered. */
  readonly model: string;
  /** How the estimate was made; `unknown`: the record is older than the note of that, and could be either. */
  readonly by: TokenSource | 'unknown';
  readonly estimate: number;
  /** All input, from a cache or not. */
  readonly counted: number;
}

/** Why there is nothing to compare: no answer with a count, or one that also counts what a tool of the provider found. */
export type LeftOut = 'uncounted' | 'serverTools';

const fields = (value: unknown): Fields => (typeof value === 'object' && value !== null && !Array.isArray(value) ? (value as Fields) : {});
const count = (value: unknown): number => (typeof value === 'number' && Number.isFinite(value) && value > 0 ? value : 0);
const text = (value: unknown): string => (typeof value === 'string' ? value : '');

const sources: ReadonlySet<unknown> = new Set<TokenSource>(['turn', 'bytes', 'tokenizer']);
/** What these bring back becomes input of the same request (API docs, "Web search tool", "Code execution tool"). */
const findsMore = /^(?:web_search|web_fetch|code_execution)/;

/** How an estimate was made. Records from before that was noted tell it by what else they hold. */
function sourceOf({ by, exact, margin }: Fields): PastEstimate['by'] {
  if (sources.has(by)) return by as TokenSource;
  if (exact === true) return 'tokenizer';
  if (margin === undefined) return 'bytes';
  return count(margin) > 0 ? 'turn' : 'unknown';
}

/** A record of the decision log as a comparison wants it, or why it cannot be compared. */
export function pastEstimate(record: Fields): PastEstimate | LeftOut {
  const facts = fields(record['facts']);
  const tokens = fields(facts['tokens']);
  const usage = fields(record['usage']);
  const estimate = count(tokens['estimate']);
  const counted = count(usage['inputTokens']) + count(usage['cacheReadTokens']) + count(usage['cacheCreationTokens']);
  const answered = record['outcome'] === 'ok' && typeof usage['inputTokens'] === 'number';
  if (!answered || counted === 0 || estimate === 0) return 'uncounted';
  const { serverTools } = facts;
  if (Array.isArray(serverTools) && serverTools.some((type) => findsMore.test(text(type)))) return 'serverTools';
  return { model: text(record['model']) || text(facts['model']), by: sourceOf(tokens), estimate, counted };
}
