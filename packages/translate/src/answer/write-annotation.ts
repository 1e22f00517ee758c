import { isJsonObject, type JsonObject, objectMember, stringMember } from '@ccproxy/wire';
import type { AnswerSink } from './answer-sink.js';

/** A `url_citation` of OpenAI, flat (Responses) or with its members inside (Chat); other annotations name no page. */
export function writeAnnotation(sink: AnswerSink, annotation: unknown): void {
  if (!isJsonObject(annotation) || annotation['type'] !== 'url_citation') return;
  const source: JsonObject = objectMember(annotation, 'url_citation') ?? annotation;
  const url = stringMember(source, 'url');
  // The place in the answer is told, the words of the page are not.
  if (url !== undefined) sink.citation({ url, title: stringMember(source, 'title') ?? url, citedText: '' });
}
