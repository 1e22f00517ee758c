import { isJsonObject, type JsonObject, objectMember, stringMember } from '@ccproxy/wire';
import type { AnswerSink } from '../answer/answer-sink.js';

const maxSources = 100;

/**
 * What Google's own search found, as Anthropic's `web_search` reports it (translation.md row 39): a client that asked for
 * that tool reads the links there. They stand behind the text, as Gemini names them at the end of its answer.
 */
export function readGrounding(sink: AnswerSink, metadata: JsonObject, messageId: string): void {
  const chunks = Array.isArray(metadata['groundingChunks']) ? (metadata['groundingChunks'] as unknown[]) : [];
  const sources = chunks.slice(0, maxSources).flatMap((chunk) => {
    const web = isJsonObject(chunk) ? objectMember(chunk, 'web') : undefined;
    const url = web === undefined ? undefined : stringMember(web, 'uri');
    if (web === undefined || url === undefined) return [];
    return [{ type: 'web_search_result', title: stringMember(web, 'title') ?? url, url, encrypted_content: '', page_age: null }];
  });
  if (sources.length === 0) return;
  const queries = Array.isArray(metadata['webSearchQueries']) ? (metadata['webSearchQueries'] as unknown[]) : [];
  const query = queries.filter((text) => typeof text === 'string').join('; ');
  const id = `srvtoolu_${messageId.replaceAll(/[^A-Za-z0-9]/g, '')}`;
  sink.block({ type: 'server_tool_use', id, name: 'web_search', input: { query } });
  sink.block({ type: 'web_search_tool_result', tool_use_id: id, content: sources });
}
