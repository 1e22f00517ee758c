import type { JsonCursor } from './json-cursor.js';
import type { MediaView } from './messages-view.js';
import { nameTable } from './name-table.js';

const blockKeys = nameTable('type', 'content', 'source');
const sourceKeys = nameTable('type', 'data', 'content');
const imageType = nameTable('image');
const base64Type = nameTable('base64');
/** Nothing but text. */
export const noMedia: MediaView = { images: 0, imageBytes: 0, documentBytes: 0 };
/** Message content, the content of a tool result or document in it, and one level more for what may come. */
const maxBlockDepth = 3;

/** The media in the `content` at the cursor, which may be of any type; skips it. */
export function scanContent(cursor: JsonCursor, depth = 1): MediaView {
  let total = noMedia;
  if (depth > maxBlockDepth || !cursor.atArray()) cursor.skipValue();
  else for (let more = cursor.firstElement(); more; more = cursor.nextElement()) total = addMedia(total, scanBlock(cursor, depth));
  return total;
}

function scanBlock(cursor: JsonCursor, depth: number): MediaView {
  if (!cursor.atObject()) {
    cursor.skipValue();
    return noMedia;
  }
  let image = false;
  let content = noMedia;
  let source: Source = noSource;
  for (let key = cursor.firstKey(blockKeys); key !== undefined; key = cursor.nextKey(blockKeys)) {
    if (key === 'type') image = isName(cursor, imageType);
    else if (key === 'content') content = scanContent(cursor, depth + 1);
    else if (key === 'source') source = scanSource(cursor, depth);
    else cursor.skipValue();
  }
  const inside = addMedia(content, source.content);
  const { base64Bytes } = source;
  if (image) return addMedia(inside, { images: 1, imageBytes: base64Bytes, documentBytes: 0 });
  return base64Bytes === 0 ? inside : addMedia(inside, { images: 0, imageBytes: 0, documentBytes: base64Bytes });
}

interface Source {
  readonly base64Bytes: number;
  readonly content: MediaView;
}

const noSource: Source = { base64Bytes: 0, content: noMedia };

function scanSource(cursor: JsonCursor, depth: number): Source {
  if (!cursor.atObject()) {
    cursor.skipValue();
    return noSource;
  }
  let base64 = false;
  let dataBytes = 0;
  let content = noMedia;
  for (let key = cursor.firstKey(sourceKeys); key !== undefined; key = cursor.nextKey(sourceKeys)) {
    if (key === 'type') base64 = isName(cursor, base64Type);
    else if (key === 'data') dataBytes = stringBytes(cursor);
    else if (key === 'content') content = scanContent(cursor, depth + 1);
    else cursor.skipValue();
  }
  return { base64Bytes: base64 ? dataBytes : 0, content };
}

/** Whether the value at the cursor is the string the table holds; skips it. */
function isName(cursor: JsonCursor, table: ReturnType<typeof nameTable>): boolean {
  if (cursor.atString()) return cursor.readName(table) !== undefined;
  cursor.skipValue();
  return false;
}

function stringBytes(cursor: JsonCursor): number {
  const string = cursor.atString();
  const start = cursor.pos;
  cursor.skipValue();
  return string ? cursor.pos - start - 2 : 0;
}

export function addMedia(left: MediaView, right: MediaView): MediaView {
  if (left === noMedia) return right;
  if (right === noMedia) return left;
  return {
    images: left.images + right.images,
    imageBytes: left.imageBytes + right.imageBytes,
    documentBytes: left.documentBytes + right.documentBytes,
  };
}
