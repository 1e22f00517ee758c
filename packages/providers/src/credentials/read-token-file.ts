import type { OAuthSource } from '@ccproxy/config';
import type { SourceIo } from './source-io.js';
import { type Fetched, tokenOfText } from './token-of-text.js';

const name = 'its oauth.file';

/** Reads a token out of a file: the whole of it, or what a JSON pointer leads to. Never rejects. */
export async function readTokenFile({ path, pointer }: Extract<OAuthSource, { kind: 'file' }>, io: SourceIo): Promise<Fetched> {
  const read = await io.readFile(path);
  if ('reason' in read) return { reason: `${name}: ${read.reason}` };
  if (pointer === '') return tokenOfText(read.content, name);
  const found = pointed(read.content, pointer);
  return typeof found === 'string'
    ? tokenOfText(found, name)
    : { reason: `${name} ${found === null ? 'is not JSON' : `has no text at ${pointer}`}` };
}

/** What a JSON pointer (RFC 6901) leads to: undefined when nothing is there, null when the text is no JSON object or list. */
function pointed(text: string, pointer: string): unknown {
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch (error) {
    if (error instanceof SyntaxError) return null;
    throw error;
  }
  for (const part of pointer.slice(1).split('/')) {
    const key = part.replaceAll('~1', '/').replaceAll('~0', '~');
    if (typeof value !== 'object' || value === null || !Object.hasOwn(value, key)) return undefined;
    value = (value as Readonly<Record<string, unknown>>)[key];
  }
  return value ?? undefined;
}
