import type { JsonObject } from '@ccproxy/wire';
import { encodePageText, foreignSearchId } from '../core/search-ids.js';
import type { AnswerContext } from './answer-context.js';
import type { AnswerSink } from './answer-sink.js';

export interface FoundPage {
  readonly url: string;
  readonly title: string;
}

/** More are not shown. */
const mostPages = 100;

/**
 * A search the provider made, as Anthropic's servers would tell it (rows 39, 109). `key` is unique within the answer.
 * What stands for the encrypted page says whose it is, so that it never reaches an Anthropic API.
 */
export function writeSearch(
  sink: AnswerSink,
  context: AnswerContext,
  search: { key: string; query: string; pages: readonly FoundPage[] },
): void {
  const id = foreignSearchId(context.messageId, search.key);
  const encrypted = encodePageText(context.family, '');
  const content = search.pages
    .slice(0, mostPages)
    .map(({ url, title }): JsonObject => ({ type: 'web_search_result', title, url, encrypted_content: encrypted, page_age: null }));
  sink.block({ type: 'server_tool_use', id, name: 'web_search', input: { query: search.query } });
  sink.block({ type: 'web_search_tool_result', tool_use_id: id, content });
}
