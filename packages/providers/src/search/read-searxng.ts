import { type JsonObject, stringMember } from '@ccproxy/wire';
import { entriesOf } from '../translated/model-list.js';
import { readObject } from '../translated/read-object.js';
import type { SearchHit, SearchOutcome } from './search-backend.js';

/** Characters of what is shown of one page. */
const longestText = 2000;
const longestTitle = 300;
const longestUrl = 2048;

/** The answer of a SearXNG server; results that are no web page are left out. */
export function readSearxng(status: number, body: Buffer): SearchOutcome {
  if (status === 429) return { ok: false, code: 'too_many_requests', reason: 'the search server answered 429: too many searches' };
  if (status === 403)
    return { ok: false, code: 'unavailable', reason: 'the search server answered 403: is `json` among `search.formats` of its settings?' };
  if (status !== 200) return { ok: false, code: 'unavailable', reason: `the search server answered ${status}` };
  const answer = readObject(body);
  if (answer === undefined || !Array.isArray(answer['results']))
    return { ok: false, code: 'unavailable', reason: 'the search server did not answer with JSON results' };
  return { ok: true, hits: entriesOf(answer, 'results').flatMap(readHit) };
}

function readHit(entry: JsonObject): SearchHit[] {
  const url = stringMember(entry, 'url') ?? '';
  if (url.length > longestUrl || !/^https?:\/\//.test(url) || !URL.canParse(url)) return [];
  const title = (stringMember(entry, 'title') ?? '').slice(0, longestTitle) || url;
  const text = (stringMember(entry, 'content') ?? '').slice(0, longestText);
  return [{ url, title, text, age: stringMember(entry, 'publishedDate')?.slice(0, 40) }];
}
