import { isJsonObject, type JsonObject, objectMember, stringMember } from '@ccproxy/wire';
import type { AnswerSink } from '../answer/answer-sink.js';

/** A web search the provider made, as Anthropic's servers would tell it (row 109). Sources stand there when the provider lists them. */
export function writeSearchCall(sink: AnswerSink, item: JsonObject, id: string): void {
  const action = objectMember(item, 'action') ?? {};
  const sources = Array.isArray(action['sources']) ? action['sources'].filter(isJsonObject) : [];
  sink.block({ type: 'server_tool_use', id, name: 'web_search', input: { query: queryOf(action) } });
  sink.block({ type: 'web_search_tool_result', tool_use_id: id, content: sources.flatMap(writeSource) });
}

function queryOf(action: JsonObject): string {
  const [first]: readonly unknown[] = Array.isArray(action['queries']) ? action['queries'] : [];
  return stringMember(action, 'query') ?? (typeof first === 'string' ? first : (stringMember(action, 'url') ?? ''));
}

function writeSource(source: JsonObject): JsonObject[] {
  const url = stringMember(source, 'url');
  if (url === undefined) return [];
  return [{ type: 'web_search_result', url, title: stringMember(source, 'title') ?? url, encrypted_content: '', page_age: null }];
}
