import type { JsonObject } from '@ccproxy/wire';
import { errors } from '../errors.js';
import type { ContentPart } from '../request/conversation.js';
import type { RequestScope } from '../request/request-scope.js';

type MediaPart = Exclude<ContentPart, { readonly type: 'text' }>;

/** https://ai.google.dev/gemini-api/docs/image-understanding: PNG, JPEG, WEBP, HEIC, HEIF; others are answered with 400. */
const unreadable: ReadonlySet<string> = new Set(['image/gif']);

/**
 * A picture or document as `inlineData`. One named by a URL throws CCP_TRANSLATE_INVALID: the API fetches none, and
 * leaving it out would change the question (translation.md row 8).
 */
export function writeMedia({ type, source }: MediaPart, scope: RequestScope): JsonObject {
  if (source.kind === 'url')
    throw errors.CCP_TRANSLATE_INVALID({
      message: `the Gemini API takes no ${type} by URL; send its bytes as a base64 source`,
      details: { feature: `${type}:url` },
    });
  if (!unreadable.has(source.mediaType)) return { inlineData: { mimeType: source.mediaType, data: source.data } };
  scope.drop(source.mediaType, 'meaning');
  return { text: `[A picture of the type ${source.mediaType} stood here; it could not be passed on to this model.]` };
}
