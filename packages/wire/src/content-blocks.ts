import { JsonCursor } from './json-cursor.js';
import type { ByteSpan } from './messages-view.js';
import { nameTable } from './name-table.js';

const contentKey = nameTable('content');
const none: ContentBlocks = { blocks: [], array: undefined };

export interface ContentBlocks {
  /** One for each element of `content`; none when it is a string. */
  readonly blocks: readonly ByteSpan[];
  /** The array itself, brackets included. */
  readonly array: ByteSpan | undefined;
}

/**
 * Where the content blocks of a message stand in the bytes of a body, without parsing them. `message` is an extent of the scan of this
 * body. Throws what the scan would have refused.
 */
export function contentBlocks(body: Buffer, message: ByteSpan): ContentBlocks {
  const cursor = new JsonCursor(body, message.start);
  let found = none;
  for (let key = cursor.firstKey(contentKey); key !== undefined; key = cursor.nextKey(contentKey)) {
    if (key === 'content') found = scanBlocks(cursor);
    else {
      cursor.peek();
      cursor.skipValue();
    }
  }
  return found;
}

function scanBlocks(cursor: JsonCursor): ContentBlocks {
  if (!cursor.atArray()) {
    cursor.skipValue();
    return none;
  }
  const { pos: start } = cursor;
  const blocks: ByteSpan[] = [];
  for (let more = cursor.firstElement(); more; more = cursor.nextElement()) {
    cursor.peek();
    const at = cursor.pos;
    cursor.skipValue();
    blocks.push({ start: at, end: cursor.pos });
  }
  return { blocks, array: { start, end: cursor.pos } };
}
