import type { JsonObject } from '@ccproxy/wire';
import { entriesOf, isoOfSeconds, type OfferedModel, offeredModel } from '../translated/model-list.js';

/** `{ data: [{ id, created }] }` of `GET /models`. */
export function openaiModels(answer: JsonObject): readonly OfferedModel[] {
  return entriesOf(answer, 'data').flatMap((entry) => {
    const createdAt = isoOfSeconds(entry['created']);
    return offeredModel(entry, 'id', createdAt === undefined ? {} : { createdAt }) ?? [];
  });
}
