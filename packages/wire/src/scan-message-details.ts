import { JsonCursor } from './json-cursor.js';
import { JsonSyntaxError } from './json-syntax-error.js';
import type { ByteSpan, MessageExtent } from './messages-view.js';
import { nameTable } from './name-table.js';
import { type LastMessage, noMessage } from './request-details.js';

const messageKeys = nameTable('role', 'content');
const blockKeys = nameTable('type', 'name', 'text', 'content');
const typeKey = nameTable('type');

/** What one message says of itself. */
export interface MessageDetails {
  readonly last: LastMessage;
  /** Names of tools it calls. */
  readonly used: readonly string[];
  readonly textBytes: number;
}

interface Content {
  readonly text: ByteSpan | undefined;
  readonly textBytes: number;
  readonly toolResult: boolean;
  readonly image: boolean;
  readonly used: readonly string[];
}

const noContent: Content = { text: undefined, textBytes: 0, toolResult: false, image: false, used: [] };

/** Reads the message at the cursor, an object, and skips it. */
export function scanMessageDetails(cursor: JsonCursor): MessageDetails {
  let role = '';
  let content = noContent;
  for (let key = cursor.firstKey(messageKeys); key !== undefined; key = cursor.nextKey(messageKeys)) {
    if (key === 'role') role = stringOf(cursor) ?? '';
    else if (key === 'content') content = scanContent(cursor);
    else cursor.skipValue();
  }
  const { text, textBytes, toolResult, image, used } = content;
  return { last: { role, toolResult, image, text }, used, textBytes };
}

/** The last message of a body that is not of the system, from the extents of its view; nothing else of the body is read. */
export function readLastMessage(body: Buffer, messages: readonly MessageExtent[]): LastMessage {
  const extent = messages.findLast(({ role }) => role !== 'system');
  if (extent === undefined) return noMessage;
  try {
    const cursor = new JsonCursor(body, extent.start);
    return cursor.atObject() ? scanMessageDetails(cursor).last : noMessage;
  } catch (error) {
    if (!(error instanceof JsonSyntaxError)) throw error;
    // Only a body that is not the one of the view.
    return noMessage;
  }
}

function scanContent(cursor: JsonCursor): Content {
  if (cursor.atString()) {
    const start = cursor.pos;
    cursor.skipString();
    const text = { start, end: cursor.pos };
    return { ...noContent, text, textBytes: spanBytes(text) };
  }
  if (!cursor.atArray()) {
    cursor.skipValue();
    return noContent;
  }
  const used: string[] = [];
  let text: ByteSpan | undefined;
  let [textBytes, toolResult, image] = [0, false, false];
  for (let more = cursor.firstElement(); more; more = cursor.nextElement()) {
    if (!cursor.atObject()) {
      cursor.skipValue();
      continue;
    }
    const block = scanBlock(cursor);
    if (block.type === 'text') text = block.text;
    textBytes += spanBytes(block.text);
    toolResult ||= isToolResult(block.type);
    image ||= block.type === 'image' || (isToolResult(block.type) && block.innerImage);
    if (block.name !== undefined && isToolUse(block.type)) used.push(block.name);
  }
  return { text, textBytes, toolResult, image, used };
}

const isToolUse = (type: string): boolean => type === 'tool_use' || type === 'server_tool_use' || type === 'mcp_tool_use';
const isToolResult = (type: string): boolean => type === 'tool_result';

interface Block {
  readonly type: string;
  readonly name: string | undefined;
  readonly text: ByteSpan | undefined;
  readonly innerImage: boolean;
}

function scanBlock(cursor: JsonCursor): Block {
  let type = '';
  let name: string | undefined;
  let text: ByteSpan | undefined;
  let innerImage = false;
  for (let key = cursor.firstKey(blockKeys); key !== undefined; key = cursor.nextKey(blockKeys)) {
    if (key === 'type') type = stringOf(cursor) ?? '';
    else if (key === 'name') name = stringOf(cursor);
    else if (key === 'text') text = stringSpan(cursor);
    else if (key === 'content') innerImage = holdsImage(cursor);
    else cursor.skipValue();
  }
  return { type, name, text, innerImage };
}

/** Whether the list at the cursor has a block of type `image`. */
function holdsImage(cursor: JsonCursor): boolean {
  let found = false;
  if (!cursor.atArray()) {
    cursor.skipValue();
    return found;
  }
  for (let more = cursor.firstElement(); more; more = cursor.nextElement()) {
    if (!cursor.atObject()) {
      cursor.skipValue();
      continue;
    }
    let type = '';
    for (let key = cursor.firstKey(typeKey); key !== undefined; key = cursor.nextKey(typeKey)) {
      if (key === 'type') type = stringOf(cursor) ?? '';
      else cursor.skipValue();
    }
    found ||= type === 'image';
  }
  return found;
}

function stringSpan(cursor: JsonCursor): ByteSpan | undefined {
  const string = cursor.atString();
  const start = cursor.pos;
  cursor.skipValue();
  return string ? { start, end: cursor.pos } : undefined;
}

/** Bytes of a string literal without its quotes. */
const spanBytes = (span: ByteSpan | undefined): number => (span === undefined ? 0 : span.end - span.start - 2);

function stringOf(cursor: JsonCursor): string | undefined {
  if (cursor.atString()) return cursor.readString();
  cursor.skipValue();
  return undefined;
}
