import { isJsonObject, type JsonObject, objectMember, stringMember } from '@ccproxy/wire';
import type { AnswerSink } from './answer-sink.js';
import type { FoundPage } from './write-search.js';

/** A `url_citation` of OpenAI, flat (Responses) or with its members inside (Chat); other annotations name no page. */
export function writeAnnotation(sink: AnswerSink, annotation: unknown): FoundPage | undefined {
  if (!isJsonObject(annotation) || annotation['type'] !== 'url_citation') return undefined;
  const source: JsonObject = objectMember(annotation, 'url_citation') ?? annotation;
  const url = stringMember(source, 'url');
  if (url === undefined) return undefined;
  const page = { url, title: stringMember(source, 'title') ?? url };
  // The place in the answer is told, the words of the page are not.
  sink.citation({ ...page, citedText: '' });
  return page;
}
