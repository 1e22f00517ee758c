import { isJsonObject, type JsonObject, objectMember, stringMember } from '@ccproxy/wire';
import type { AnswerContext } from '../answer/answer-context.js';
import type { AnswerSink } from '../answer/answer-sink.js';
import { type FoundPage, writeSearch } from '../answer/write-search.js';

const mostCitations = 200;

/**
 * What Google's own search found, as Anthropic's `web_search` reports it (translation.md row 39): a client that asked for
 * that tool reads the links there. They stand behind the text, as Gemini names them at the end of its answer.
 */
export function readGrounding(sink: AnswerSink, metadata: JsonObject, context: AnswerContext): void {
  const pages = listOf(metadata, 'groundingChunks').map(pageOf);
  const queries = listOf(metadata, 'webSearchQueries').filter((text) => typeof text === 'string');
  const found = pages.filter((page) => page !== undefined);
  if (found.length === 0 && queries.length === 0) return;
  let room = mostCitations;
  for (const support of listOf(metadata, 'groundingSupports')) {
    for (const index of isJsonObject(support) ? listOf(support, 'groundingChunkIndices') : []) {
      const page = typeof index === 'number' ? pages[index] : undefined;
      if (page !== undefined && room-- > 0) sink.citation({ ...page, citedText: '' });
    }
  }
  writeSearch(sink, context, { key: '0', query: queries.join('; '), pages: found });
}

const listOf = (object: JsonObject, key: string): readonly unknown[] => (Array.isArray(object[key]) ? (object[key] as unknown[]) : []);

function pageOf(chunk: unknown): FoundPage | undefined {
  const web = isJsonObject(chunk) ? objectMember(chunk, 'web') : undefined;
  const url = web === undefined ? undefined : stringMember(web, 'uri');
  return web === undefined || url === undefined ? undefined : { url, title: stringMember(web, 'title') ?? url };
}
