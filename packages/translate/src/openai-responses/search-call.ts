import { isJsonObject, type JsonObject, objectMember, stringMember } from '@ccproxy/wire';
import type { AnswerContext } from '../answer/answer-context.js';
import type { AnswerSink } from '../answer/answer-sink.js';
import { writeSearch } from '../answer/write-search.js';

/** A `web_search_call` item. Sources stand there when the provider lists them. */
export function writeSearchCall(sink: AnswerSink, item: JsonObject, context: AnswerContext, key: string): void {
  const action = objectMember(item, 'action') ?? {};
  const sources = Array.isArray(action['sources']) ? action['sources'].filter(isJsonObject) : [];
  const pages = sources.flatMap((source) => {
    const url = stringMember(source, 'url');
    return url === undefined ? [] : [{ url, title: stringMember(source, 'title') ?? url }];
  });
  writeSearch(sink, context, { key, query: queryOf(action), pages });
}

function queryOf(action: JsonObject): string {
  const [first]: readonly unknown[] = Array.isArray(action['queries']) ? action['queries'] : [];
  return stringMember(action, 'query') ?? (typeof first === 'string' ? first : (stringMember(action, 'url') ?? ''));
}
