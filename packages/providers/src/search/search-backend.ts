/** One page a search found. */
export interface SearchHit {
  readonly url: string;
  readonly title: string;
  /** What the search engine shows of the page. */
  readonly text: string;
  /** When the page was written, as the engine says it. */
  readonly age: string | undefined;
}

/** Why a search failed, in the words of Anthropic's `web_search_tool_result_error`. */
export type SearchFailure = 'unavailable' | 'too_many_requests' | 'invalid_input' | 'query_too_long' | 'max_uses_exceeded';

export type SearchOutcome =
  | { readonly ok: true; readonly hits: readonly SearchHit[] }
  /** `reason` is for people and the model: one sentence without a secret. */
  | { readonly ok: false; readonly code: SearchFailure; readonly reason: string };

/** What to search for, and where. */
export interface SearchQuery {
  readonly text: string;
  /** Empty: everywhere. A hint for the engine: whoever asks filters what comes. */
  readonly domains: readonly string[];
}

/** A search engine. */
export interface SearchBackend {
  /** `done` is called once, never before this returned, and not after `abort`. */
  search(query: SearchQuery, done: (outcome: SearchOutcome) => void): { abort(): void };
  /** Closes idle connections. */
  close(): Promise<void>;
}
